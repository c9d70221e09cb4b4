"""A provider's departures from its dialect, each in words; what has no words here is kept as it is."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.own_words import PlainForm
from conversations.models import ProviderKind

_OPENROUTER = (ProviderKind.OPENROUTER,)
_OTHERS = (ProviderKind.ROUTEWAY, ProviderKind.DEEPSEEK, ProviderKind.COMPATIBLE, ProviderKind.DEMO)
_EFFORTS = (ProviderKind.OPENROUTER, ProviderKind.COMPATIBLE)
_ALL = tuple(ProviderKind)
# Field → for which kinds of provider it means something.
_FOR = {
    "effort": _EFFORTS,
    "omits_stream_options": _OTHERS,
    "says_max_completion_tokens": _ALL,
    "keeps_think_tags": _ALL,
    "starts_inside_think": _ALL,
    "denies_collection": _OPENROUTER,
    "is_attributed": _OPENROUTER,
    "only_hosts": _OPENROUTER,
    "not_hosts": _OPENROUTER,
}
_SHOWN = (
    "sends_effort",
    "sends_stream_options",
    "max_tokens_field",
    "splits_think_tags",
    "starts_inside_think",
    "attribution",
)
_SHOWN_OF_ROUTING = ("data_collection", "only", "ignore")


class DialectForm(PlainForm):
    """For one kind of provider: fields that mean nothing to it are left out."""

    effort = forms.ChoiceField(
        label=_("How it is told how hard to think"),
        required=False,
        choices=[
            ("", _("As usual for this kind of provider")),
            ("off", _("Not at all")),
            ("reasoning_effort", _("reasoning_effort, as OpenAI has it")),
            ("reasoning", _("reasoning, as OpenRouter has it")),
            ("thinking", _("thinking, as DeepSeek has it")),
            ("chat_template_kwargs", _("chat_template_kwargs, for vLLM and SGLang: on or off only")),
        ],
    )
    omits_stream_options = forms.BooleanField(
        label=_("Do not ask for token counts in the stream (old servers fail on it)"), required=False
    )
    says_max_completion_tokens = forms.BooleanField(
        label=_("Call the longest answer max_completion_tokens instead of max_tokens"), required=False
    )
    keeps_think_tags = forms.BooleanField(
        label=_("Leave <think> in the answer instead of showing it as thinking"), required=False
    )
    starts_inside_think = forms.BooleanField(
        label=_("Answers begin in the middle of thinking: the prompt’s template opens <think> itself"),
        required=False,
    )
    denies_collection = forms.BooleanField(
        label=_("Only hosts that keep nothing of what is sent"), required=False
    )
    is_attributed = forms.BooleanField(
        label=_("Tell OpenRouter this site’s address and name, for its public lists of apps"), required=False
    )
    only_hosts = forms.CharField(
        label=_("Only these hosts"),
        required=False,
        max_length=500,
        help_text=_("By OpenRouter’s names, with commas, such as deepinfra, novita. Empty: any."),
    )
    not_hosts = forms.CharField(label=_("Never these hosts"), required=False, max_length=500)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "dialect_%s"})
        for name, kinds in _FOR.items():
            if kind not in kinds:
                del self.fields[name]

    def clean_only_hosts(self) -> list[str]:
        return _names(self.cleaned_data["only_hosts"])

    def clean_not_hosts(self) -> list[str]:
        return _names(self.cleaned_data["not_hosts"])


def initial_of(switches: Mapping[str, Any]) -> dict[str, Any]:
    """The switches as the form's fields."""
    effort = switches.get("sends_effort", "")
    routing = switches.get("provider") or {}
    return {
        "effort": "off" if effort is False else "reasoning_effort" if effort is True else effort,
        "omits_stream_options": switches.get("sends_stream_options") is False,
        "says_max_completion_tokens": switches.get("max_tokens_field") == "max_completion_tokens",
        "keeps_think_tags": switches.get("splits_think_tags") is False,
        "starts_inside_think": bool(switches.get("starts_inside_think")),
        "denies_collection": routing.get("data_collection") == "deny",
        "is_attributed": bool(switches.get("attribution")),
        "only_hosts": ", ".join(routing.get("only") or ()),
        "not_hosts": ", ".join(routing.get("ignore") or ()),
    }


def switches_of(given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The form's fields as switches; others of `before` stay."""
    effort = given.get("effort")
    routing = {
        name: value for name, value in (before.get("provider") or {}).items() if name not in _SHOWN_OF_ROUTING
    }
    routing |= _told(
        data_collection="deny" if given.get("denies_collection") else None,
        only=given.get("only_hosts") or None,
        ignore=given.get("not_hosts") or None,
    )
    kept = {name: value for name, value in before.items() if name not in (*_SHOWN, "provider")}
    return kept | _told(
        sends_effort=False if effort == "off" else effort or None,
        sends_stream_options=False if given.get("omits_stream_options") else None,
        max_tokens_field="max_completion_tokens" if given.get("says_max_completion_tokens") else None,
        splits_think_tags=False if given.get("keeps_think_tags") else None,
        starts_inside_think=True if given.get("starts_inside_think") else None,
        attribution=True if given.get("is_attributed") else None,
        provider=routing or None,
    )


def unworded(switches: Mapping[str, Any]) -> list[str]:
    """The names of those that have no field."""
    routing = [f"provider.{name}" for name in switches.get("provider") or {} if name not in _SHOWN_OF_ROUTING]
    return [name for name in switches if name not in (*_SHOWN, "provider")] + routing


def _told(**switches: Any) -> dict[str, Any]:
    return {name: value for name, value in switches.items() if value is not None}


def _names(typed: str) -> list[str]:
    return [name for name in (part.strip().lower() for part in typed.split(",")) if name]
