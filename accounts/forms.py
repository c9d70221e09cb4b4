"""What people may type about people and money, with every limit on it."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import tasks
from accounts.fields import DollarsField, RateField
from accounts.models import Appearance, MoneyDisplay, ReasoningDisplay, User
from accounts.own_words import OwnWords, PlainForm

# Long enough for any sentence, short enough that hashing it costs nothing to speak of.
_LONGEST_PASSWORD = 1000
_MOST_PLACES = 500
# They are part of every prompt, and every hold is made for them.
LONGEST_INSTRUCTIONS = 8_000

_PASSWORD_HINT = _("At least 10 characters; a few words in a row are good.")
_LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "oldpassword": _("Current password"),
    "password1": _("New password"),
}


class _Plain(OwnWords):
    """allauth's forms in our words: no placeholders in place of labels, no list of password rules."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One field is enough: who mistypes a new password asks for another link.
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = _LABELS[name]
            field.help_text = _PASSWORD_HINT if name == "password1" else ""


class SignInForm(_Plain, allauth_forms.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autofocus"] = True


class ChangePasswordForm(_Plain, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    """The current password and a new one."""


class NewPasswordForm(_Plain, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, for whoever holds a reset link."""


class ResetTokenForm(OwnWords, allauth_forms.UserTokenForm):  # type: ignore[misc]
    """A reset link works for active people only."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.reset_user.is_active:
            raise ValidationError(_("This account is suspended."))
        return cleaned


class ForgottenPasswordForm(_Plain, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """Asks for a reset link. What happens, and how long it takes, is the same for every address."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: Any, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        tasks.send_reset_link.defer(email=email)
        return email


class JoinForm(PlainForm):
    """Who joins says by which address, under what name, with which password."""

    email = forms.EmailField(
        label=_LABELS["email"],
        help_text=_("You sign in with it. Other members never see it."),
        max_length=254,
    )
    display_name = forms.CharField(label=_("Your name"), help_text=_("As others will see it."), max_length=80)
    password = forms.CharField(
        label=_LABELS["password"],
        help_text=_PASSWORD_HINT,
        max_length=_LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs |= {"autocomplete": "email", "autofocus": True}
        self.fields["display_name"].widget.attrs["autocomplete"] = "name"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            person = User(email=cleaned.get("email", ""), display_name=cleaned.get("display_name", ""))
            try:
                password_validation.validate_password(password, person)
            except ValidationError as faults:
                self.add_error("password", faults)
        return cleaned


class NameForm(PlainForm):
    display_name = forms.CharField(
        label=_("Your name"), help_text=_("As others see it, in shared conversations too."), max_length=80
    )


class AppearanceForm(PlainForm):
    """Light, dark or as the system has it."""

    appearance = forms.ChoiceField(label=_("Appearance"), choices=Appearance.choices)


class SettingsForm(NameForm):
    """How Parley looks and speaks to one person."""

    appearance = forms.ChoiceField(label=_("Appearance"), choices=Appearance.choices)
    reasoning_display = forms.ChoiceField(
        label=_("Thinking"),
        choices=ReasoningDisplay.choices,
        help_text=_("A block you open or fold by hand stays as you left it."),
    )
    money_display = forms.ChoiceField(
        label=_("Costs"),
        choices=MoneyDisplay.choices,
        help_text=_("What is left and what a reply cost. When a limit comes near you are told in any case."),
    )
    instructions = forms.CharField(
        label=_("Instructions for every conversation"),
        required=False,
        max_length=LONGEST_INSTRUCTIONS,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=_(
            "What the model should know about you, and how it should answer. Sent with every message from now on, "
            "and paid for with it."
        ),
        error_messages={"max_length": _("Enter at most 8,000 characters. Every message is sent with them.")},
    )

    def clean_instructions(self) -> str:
        """Line ends as they were typed: forms send them as CRLF."""
        return str(self.cleaned_data["instructions"]).replace("\r\n", "\n")


class NoteForm(PlainForm):
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, help_text=_("For the record; optional.")
    )


class BudgetForm(NoteForm):
    """A person's own monthly budget; empty gives them the default again."""

    limit = DollarsField(label=_("Dollars a month"), required=False, help_text=_("Empty: the default."))

    field_order = ("limit", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It stands beside another form with a note.
        super().__init__(*args, **kwargs | {"auto_id": "budget_%s"})


class DefaultBudgetsForm(PlainForm):
    """What everybody may spend in a month who has no budget of their own, and all together."""

    person = DollarsField(
        label=_("Each person, dollars a month"),
        required=False,
        help_text=_("For everybody without a budget of their own. Empty: no limit."),
    )
    organisation = DollarsField(
        label=_("All together, dollars a month"),
        required=False,
        help_text=_("Whoever they are, nobody can spend past it. Empty: no limit."),
    )


class PlacesForm(PlainForm):
    """A link for several people."""

    places = forms.IntegerField(
        label=_("Places"),
        help_text=_("How many people may join by the link."),
        min_value=1,
        max_value=_MOST_PLACES,
        initial=5,
    )


class InvitationForm(PlacesForm):
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        help_text=_("Then only this address may join. Empty: whoever holds the link."),
    )
    monthly_budget = DollarsField(
        label=_("Budget, dollars a month"), required=False, help_text=_("Empty: the default.")
    )
    makes_administrator = forms.BooleanField(label=_("They become administrators"), required=False)

    field_order = ("email", "places", "monthly_budget", "makes_administrator")


class PriceForm(PlainForm):
    """What a provider asks for a model. Zero is allowed; cached input costs what input costs unless said."""

    provider = forms.SlugField(max_length=40)
    upstream_model = forms.CharField(max_length=200)
    input = RateField(label=_("Read new"))
    cache_read = RateField(
        label=_("Read again (cached)"), required=False, help_text=_("Empty: the same as read new.")
    )
    output = RateField(label=_("Written"))
    confirm_jump = forms.BooleanField(label=_("Yes, I mean it"), required=False)
