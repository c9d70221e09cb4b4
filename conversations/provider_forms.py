"""What administrators may say of providers, with every limit on it. A key is never shown again."""

from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.own_words import PlainForm
from accounts.price_lists.reading import Unit
from conversations.models import Provider, ProviderKind
from conversations.providers import addresses


class KeyField(forms.CharField):
    """A provider's key: it can be written and is never shown again."""

    widget = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 500, **kwargs})

    def clean(self, value: Any) -> str:
        """Keys travel in a header: anything but plain characters was masked or mistyped."""
        key: str = super().clean(value)
        if not (key.isascii() and key.isprintable()):
            raise forms.ValidationError(
                _("This is not a whole key: it has characters that no key has. Copy it again.")
            )
        return key


class BaseUrlField(forms.CharField):
    """Where a provider is: an address by name or number, which may be on one's own network."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "address": gettext_lazy("Enter an address such as https://llm.example.org/v1."),
        "forbidden": gettext_lazy(
            "No provider is at this address, and nothing is ever sent there: it belongs to the machine’s own network "
            "or its cloud. Enter an address such as https://llm.example.org/v1."
        ),
        "plain": gettext_lazy(
            "Over http the key and every message could be read on the way. Enter an https address. Plain http is "
            "for servers on your own network, named by number or by a name without a dot."
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 300, **kwargs})

    def clean(self, value: Any) -> str:
        """The address without its last slash."""
        address: str = super().clean(value).rstrip("/")
        if address:
            self._judge(address)
        return address

    def _judge(self, address: str) -> None:
        try:
            parts = urlsplit(address)
            host, _port = parts.hostname or "", parts.port
        except ValueError:
            raise self._fault("address") from None
        is_whole = parts.scheme in ("http", "https") and host and address.isascii() and address.isprintable()
        if not is_whole or "\\" in address or parts.username is not None or parts.query or parts.fragment:
            raise self._fault("address")
        if addresses.is_forbidden(host):
            raise self._fault("forbidden")
        if parts.scheme == "http" and not addresses.is_local(host):
            raise self._fault("plain")

    def _fault(self, code: str) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages[code], code=code)


class ConnectForm(PlainForm):
    """A provider and its key. `name` makes a further OpenAI-compatible server beside the one there is."""

    kind = forms.ChoiceField(
        choices=[(kind, kind.label) for kind in ProviderKind if kind is not ProviderKind.DEMO],
        widget=forms.RadioSelect,
        initial=ProviderKind.OPENROUTER,
    )
    api_key = KeyField(required=False)
    name = forms.CharField(max_length=80, required=False)
    base_url = BaseUrlField(required=False)
    upstream_model = forms.CharField(max_length=200, strip=True, required=False)

    def clean(self) -> dict[str, Any]:
        """Each dialect has its own needs."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") == ProviderKind.COMPATIBLE:
            if not cleaned.get("base_url") and "base_url" not in self.errors:
                self.add_error(
                    "base_url", _("Enter the server's address, such as https://llm.example.org/v1.")
                )
            if not cleaned.get("upstream_model"):
                self.add_error("upstream_model", _("Enter what the model is called there."))
        elif not cleaned.get("api_key") and "api_key" not in self.errors:
            self.add_error("api_key", _("Paste the key."))
        return cleaned


class LimitForm(PlainForm):
    """How many replies may run at a provider at once; empty: any number."""

    most_parallel = forms.IntegerField(
        min_value=1,
        max_value=1_000,
        required=False,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            gettext_lazy("Enter a number from 1 to 1,000, or nothing for any number."),
        ),
    )


class ProviderForm(PlainForm):
    """What a server is called, where it is, and, for another address, the key for it. Of a provider that we know
    the address is fixed.
    """

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    base_url = BaseUrlField(label=gettext_lazy("Address"))
    api_key = KeyField(
        label=gettext_lazy("Key for the new address"),
        required=False,
        help_text=gettext_lazy("The key in use never goes to another address by itself. Paste it again."),
    )

    def __init__(self, *args: Any, provider: Provider, **kwargs: Any) -> None:
        known = {"name": provider.name, "base_url": provider.base_url}
        super().__init__(*args, **kwargs | {"initial": known, "auto_id": "provider_%s"})
        self.provider = provider
        if provider.kind != ProviderKind.COMPATIBLE:
            self.fields["base_url"].disabled = True
            del self.fields["api_key"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Provider.objects.filter(name__iexact=name).exclude(pk=self.provider.pk).exists():
            raise forms.ValidationError(_("Another provider has this name already."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        moved = cleaned.get("base_url") not in (None, self.provider.base_url)
        if moved and self.provider.sealed_key and not cleaned.get("api_key") and "api_key" not in self.errors:
            self.add_error("api_key", _("Paste the key for the new address."))
        if not moved and cleaned.get("api_key"):
            self.add_error("api_key", _("The address is the same. Give it another key by “Key” below."))
        return cleaned


class NewKeyForm(PlainForm):
    """A key in place of the one in use."""

    api_key = KeyField(label=gettext_lazy("Key"))


class PasteForm(PlainForm):
    """A list of models with prices, as a provider's /models answers it."""

    unit = forms.ChoiceField(
        label=gettext_lazy("A price in it is for"),
        choices=[
            (Unit.TOKEN, gettext_lazy("one token, as in OpenRouter’s list")),
            (Unit.MILLION, gettext_lazy("1M tokens, as in Routeway’s list")),
        ],
    )
    text = forms.CharField(
        label=gettext_lazy("The list"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy("The JSON that /models answers. Nothing is imported before you have seen it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "paste_%s"})
        real = Provider.objects.exclude(kind=ProviderKind.DEMO).order_by("name")
        self.fields["provider"] = forms.ModelChoiceField(
            label=gettext_lazy("Provider"), queryset=real, empty_label=None
        )
        self.order_fields(["provider", "unit", "text"])
