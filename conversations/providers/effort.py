"""How to say "think this hard", in the dialects there are."""

from collections.abc import Mapping
from typing import Any

from conversations.providers.base import Effort

# OpenAI's words; OpenRouter, Ollama and LiteLLM know them too.
_OPENAI_WORDS = {Effort.OFF: "none", Effort.LOW: "low", Effort.HIGH: "high", Effort.MAX: "xhigh"}


def fields_for(dialect: str, effort: Effort) -> Mapping[str, Any]:
    """The request fields that ask for `effort`. Raises ValueError for a dialect that is not known."""
    if dialect == "reasoning_effort":
        return {"reasoning_effort": _OPENAI_WORDS[effort]}
    if dialect == "reasoning":  # OpenRouter
        return {"reasoning": {"effort": _OPENAI_WORDS[effort], "exclude": False}}
    if dialect == "thinking":  # DeepSeek
        if effort is Effort.OFF:
            return {"thinking": {"type": "disabled"}}
        return {"thinking": {"type": "enabled"}, "reasoning_effort": effort.value}
    if dialect == "chat_template_kwargs":  # vLLM and SGLang: the template knows only on and off
        return {"chat_template_kwargs": {"thinking": effort is not Effort.OFF}}
    raise ValueError(f"sends_effort: {dialect!r} is not a dialect of effort.")
