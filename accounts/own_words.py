"""What a form refuses, in our words: where a field has no sentence of its own, Django's would be said."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from accounts.fields import MendedFirst


class OwnWords:
    """For a form of any origin: each fault in our words, and the first faulty field ready to be typed into."""

    bound_field_class: type[BoundField] | None = MendedFirst
    fields: dict[str, forms.Field]

    def full_clean(self) -> None:
        for field in self.fields.values():
            _give_words(field)
        super().full_clean()  # type: ignore[misc]


class PlainForm(OwnWords, forms.Form):
    """What every form of ours is made of."""


def _give_words(field: forms.Field) -> None:
    for code, sentence in _sentences_for(field).items():
        if code not in field.error_messages or _is_djangos(field, code):
            field.error_messages[code] = sentence


def _sentences_for(field: forms.Field) -> dict[str, Any]:
    said = {
        "required": _("Fill this in."),
        "null_characters_not_allowed": _(
            "This has characters that no text has. Take them out and try again."
        ),
        "min_value": _("Enter %(limit_value)s or more."),
        "max_value": _("Enter %(limit_value)s or less."),
    }
    if isinstance(field, forms.ChoiceField):
        said["required"] = said["invalid_choice"] = _("Choose one of these.")
    elif isinstance(field, forms.UUIDField | forms.SlugField | forms.RegexField):
        # Pages fill these in, not people.
        unknown = _("There is no such thing here. Load the page again.")
        said["invalid"] = said["max_length"] = said["null_characters_not_allowed"] = unknown
    elif isinstance(field, forms.CharField) and field.max_length is not None:
        said["max_length"] = _("Enter at most %(most)s characters.") % {"most": f"{field.max_length:,}"}
    return said


def _is_djangos(field: forms.Field, code: str) -> bool:
    """False where we gave this field or its class a sentence."""
    theirs = (kind for kind in type(field).__mro__ if kind.__module__.startswith("django."))
    return any(
        vars(kind).get("default_error_messages", {}).get(code) is field.error_messages[code]
        for kind in theirs
    )
