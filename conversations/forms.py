"""What people may send us, cleaned and bounded. Every limit of input is here."""

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.own_words import PlainForm
from conversations import titles
from conversations.models import LONGEST_TITLE
from conversations.providers.base import Effort
from conversations.providers.parsing import clean
from conversations.search import asked
from conversations.tools import registry

# A whole context window of prose; the request body is limited above this (settings.LARGEST_BODY_BYTES).
LONGEST_MESSAGE_BYTES = 4_000_000
# Of a conversation's instructions, characters: part of every prompt of it.
LONGEST_INSTRUCTIONS = 32_000
# Tokens a person may set as the most of a reply; the longest is what `max` effort is held for.
SHORTEST_LIMIT, LONGEST_LIMIT = 100, 65_536
# Of what is found. To skip what comes before, Postgres has to read it.
MOST_PAGES = 50


def _one_sentence(sentence: Any) -> dict[str, Any]:
    """The same words for whatever is wrong with a number."""
    faults = "invalid min_value max_value max_digits max_decimal_places max_whole_digits"
    return dict.fromkeys(faults.split(), sentence)


class MessageText(forms.Field):
    """A message as typed: nothing is trimmed; NUL and half characters become U+FFFD."""

    widget = forms.Textarea

    def clean(self, value: Any) -> str:
        """The text. Empty and too long are refused with a sentence."""
        text = clean(str(value or ""))
        if not text.strip():
            raise forms.ValidationError(_("Write something first."))
        size = len(text.encode())
        if size > LONGEST_MESSAGE_BYTES:
            raise forms.ValidationError(
                _(
                    "This message is %(size)s MB long; %(most)s MB can be "
                    "sent. Nothing was sent, and your text is kept."
                )
                % {"size": f"{size / 1000000:.1f}", "most": LONGEST_MESSAGE_BYTES // 1000000}
            )
        # Forms send line ends as CRLF.
        return text.replace("\r\n", "\n")


class ToolsField(forms.Field):
    """Names of tools, apart by blanks; empty: none. One that is not known is refused."""

    def clean(self, value: Any) -> list[str]:
        """The names, each once, in the order in which a model is told of them."""
        wanted = str(value or "").split()
        known = [tool.name for tool in registry.offered(wanted)]
        if set(wanted) - set(known):
            raise forms.ValidationError(_("There is no such tool. Load the page again."))
        return known


class OnceForm(PlainForm):
    """An act that is done once, however often it arrives: the id its page made for it."""

    client_id = forms.RegexField(r"^[A-Za-z0-9-]{8,64}$", required=False)

    def clean_client_id(self) -> str:
        """The id, or a new one for a page without scripts (which a double click can then send twice)."""
        return self.cleaned_data["client_id"] or str(uuid.uuid4())


class PayerForm(PlainForm):
    """The team that is to pay; empty: the person by themselves."""

    team = forms.UUIDField(required=False)


class EditForm(OnceForm):
    """What a person says, and how hard the model is to think about it ("" = as before)."""

    text = MessageText()
    effort = forms.ChoiceField(choices=[(effort, effort) for effort in Effort], required=False)


class QueuedForm(PlainForm):
    """What a message that waits says from now on."""

    text = MessageText()


class ChoicesForm(PlainForm):
    """What a conversation's next turns are asked for; empty: as the model and its provider have it."""

    instructions = forms.CharField(
        max_length=LONGEST_INSTRUCTIONS,
        required=False,
        error_messages={"max_length": _("Enter at most 32,000 characters. Every message is sent with them.")},
    )
    temperature = forms.DecimalField(
        min_value=0,
        max_value=2,
        max_digits=3,
        decimal_places=2,
        required=False,
        error_messages=_one_sentence(_("Temperature: enter a number from 0 to 2, such as 0.7.")),
    )
    top_p = forms.DecimalField(
        min_value=Decimal("0.01"),
        max_value=1,
        max_digits=3,
        decimal_places=2,
        required=False,
        error_messages=_one_sentence(_("Top-p: enter a number from 0.01 to 1, such as 0.95.")),
    )
    reply_limit = forms.IntegerField(
        min_value=SHORTEST_LIMIT,
        max_value=LONGEST_LIMIT,
        required=False,
        error_messages=_one_sentence(_("Longest reply: enter a whole number of tokens from 100 to 65,536.")),
    )
    tools = ToolsField(required=False)

    def clean_instructions(self) -> str:
        """Cleaned as messages are; line ends as they were typed."""
        return clean(self.cleaned_data["instructions"]).replace("\r\n", "\n")

    def clean_temperature(self) -> Decimal | None:
        """Without the sign of "-0"."""
        temperature: Decimal | None = self.cleaned_data["temperature"]
        return None if temperature is None else abs(temperature)


class PickForm(PlainForm):
    """Another model for the next turns; "" = the one there is."""

    model = forms.SlugField(max_length=80, required=False)


class UsualForm(PickForm):
    """A model, and how hard it is to think; empty: as it would be without a wish."""

    effort = forms.ChoiceField(choices=[(effort, effort) for effort in Effort], required=False)


class SendForm(EditForm):
    """A message, and the one it answers; `branch` says that later ones are known and are to be left aside.

    `team` is of a first message alone: who pays for the conversation that it begins.
    """

    after = forms.UUIDField(required=False)
    branch = forms.BooleanField(required=False)
    team = forms.UUIDField(required=False)


class StartForm(ChoicesForm, PickForm, SendForm):
    """A first message, with all that its conversation begins with."""


class RetryForm(UsualForm, OnceForm):
    """Another reply; by another model, or with another effort, where these are named."""


class TitleForm(PlainForm):
    """A title: one line."""

    title = forms.CharField(
        error_messages={"required": _("Enter a title.")},
        max_length=LONGEST_TITLE,
    )

    def clean_title(self) -> str:
        """Cleaned as messages are, in one line, of which something can be seen."""
        title = titles.in_a_line(clean(self.cleaned_data["title"]))
        if not titles.can_be_seen(title):
            raise ValidationError(_("Enter a title."))
        return title


class SearchForm(PlainForm):
    """What is looked for, and which page of what is found."""

    q = forms.CharField(
        max_length=asked.LONGEST,
        required=False,
        error_messages={
            "max_length": _("Look for at most 200 characters."),
            "null_characters_not_allowed": _(
                "That cannot be looked for: it has characters that no text has."
            ),
        },
    )
    page = forms.IntegerField(
        min_value=1,
        max_value=MOST_PAGES,
        required=False,
        error_messages=_one_sentence(_("There are at most 50 pages: look for something less common.")),
    )

    def clean_page(self) -> int:
        """The first page where none is named."""
        return self.cleaned_data["page"] or 1


class SwitchForm(PlainForm):
    """On, or off where nothing is said."""

    on = forms.BooleanField(required=False)


class RatingForm(PlainForm):
    """Good or not, or ("") no opinion any more; and why."""

    verdict = forms.ChoiceField(choices=[("up", "good"), ("down", "poor")], required=False)
    note = forms.CharField(max_length=2_000, required=False)

    def clean_note(self) -> str:
        """Cleaned as messages are."""
        return clean(self.cleaned_data["note"]).replace("\r\n", "\n")


class StopForm(PlainForm):
    """`seq` is the last event drawn; without it, all that was written is kept."""

    seq = forms.IntegerField(min_value=0, max_value=2**53, required=False)


class ShareForm(PlainForm):
    """How long a link lives and whether it shows thinking."""

    days = forms.TypedChoiceField(
        choices=[("", _("until you revoke it")), ("1", _("1 day")), ("7", _("7 days")), ("30", _("30 days"))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    reasoning = forms.BooleanField(required=False)
