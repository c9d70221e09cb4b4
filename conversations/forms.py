"""What people may send us, cleaned and bounded. Every limit of input is here."""

import uuid
from typing import Any
from urllib.parse import urlsplit

from django import forms

from conversations.models import ProviderKind
from conversations.providers.base import Effort
from conversations.providers.parsing import clean

# A whole context window of prose; the request body is limited above this (settings.LARGEST_BODY_BYTES).
LONGEST_MESSAGE_BYTES = 4_000_000


class MessageText(forms.Field):
    """A message as typed: nothing is trimmed; NUL and half characters become U+FFFD."""

    widget = forms.Textarea

    def clean(self, value: Any) -> str:
        """The text. Empty and too long are refused with a sentence."""
        text = clean(str(value or ""))
        if not text.strip():
            raise forms.ValidationError("Write something first.")
        size = len(text.encode())
        if size > LONGEST_MESSAGE_BYTES:
            raise forms.ValidationError(
                f"This message is {size / 1_000_000:.1f} MB long; {LONGEST_MESSAGE_BYTES // 1_000_000} MB can be "
                "sent. Nothing was sent, and your text is kept."
            )
        # Forms send line ends as CRLF.
        return text.replace("\r\n", "\n")


class OnceForm(forms.Form):
    """An act that is done once, however often it arrives: the id its page made for it."""

    client_id = forms.RegexField(r"^[A-Za-z0-9-]{8,64}$", required=False)

    def clean_client_id(self) -> str:
        """The id, or a new one for a page without scripts (which a double click can then send twice)."""
        return self.cleaned_data["client_id"] or str(uuid.uuid4())


class PayerForm(forms.Form):
    """The team that is to pay; empty: the person by themselves."""

    team = forms.UUIDField(required=False)


class EditForm(OnceForm):
    """What a person says, and how hard the model is to think about it ("" = as before)."""

    text = MessageText()
    effort = forms.ChoiceField(choices=[(effort, effort) for effort in Effort], required=False)


class SendForm(EditForm):
    """A message, and the one it answers; `branch` says that later ones are known and are to be left aside.

    `team` is of a first message alone: who pays for the conversation that it begins.
    """

    after = forms.UUIDField(required=False)
    branch = forms.BooleanField(required=False)
    team = forms.UUIDField(required=False)


class StopForm(forms.Form):
    """`seq` is the last event drawn; without it, all that was written is kept."""

    seq = forms.IntegerField(min_value=0, max_value=2**53, required=False)


class ShareForm(forms.Form):
    """How long a link lives and whether it shows thinking."""

    days = forms.TypedChoiceField(
        choices=[("", "until you revoke it"), ("1", "1 day"), ("7", "7 days"), ("30", "30 days")],
        coerce=int,
        empty_value=None,
        required=False,
    )
    reasoning = forms.BooleanField(required=False)


class ConnectForm(forms.Form):
    """A provider and its key."""

    kind = forms.ChoiceField(
        choices=[(kind, kind.label) for kind in ProviderKind if kind is not ProviderKind.DEMO],
        widget=forms.RadioSelect,
        initial=ProviderKind.OPENROUTER,
    )
    api_key = forms.CharField(max_length=500, strip=True, required=False)
    base_url = forms.CharField(max_length=300, strip=True, required=False)
    upstream_model = forms.CharField(max_length=200, strip=True, required=False)

    def clean_api_key(self) -> str:
        """Keys travel in a header: anything but plain characters was masked or mistyped."""
        key: str = self.cleaned_data["api_key"]
        if not (key.isascii() and key.isprintable()):
            raise forms.ValidationError(
                "This is not a whole key: it has characters that no key has. Copy it again."
            )
        return key

    def clean_base_url(self) -> str:
        """An http address, by name or number: a server of one's own often has a name without a dot."""
        address: str = self.cleaned_data["base_url"].rstrip("/")
        try:
            parts = urlsplit(address)
        except ValueError:
            parts = urlsplit("")
        if address and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username):
            raise forms.ValidationError("Enter an address such as https://llm.example.org/v1.")
        return address

    def clean(self) -> dict[str, Any]:
        """Each dialect has its own needs."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") == ProviderKind.COMPATIBLE:
            if not cleaned.get("base_url") and "base_url" not in self.errors:
                self.add_error("base_url", "Enter the server's address, such as https://llm.example.org/v1.")
            if not cleaned.get("upstream_model"):
                self.add_error("upstream_model", "Enter what the model is called there.")
        elif not cleaned.get("api_key") and "api_key" not in self.errors:
            self.add_error("api_key", "Paste the key.")
        return cleaned


class LimitForm(forms.Form):
    """How many replies may run at a provider at once; empty: any number."""

    most_parallel = forms.IntegerField(
        min_value=1,
        max_value=1_000,
        required=False,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            "Enter a number from 1 to 1,000, or nothing for any number.",
        ),
    )
