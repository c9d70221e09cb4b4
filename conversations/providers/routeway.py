"""Routeway: no cost in its usage, and a reasoning effort that knows no "off"."""

from collections.abc import Mapping
from typing import Any

from conversations.providers.base import Effort, Prompt
from conversations.providers.openai_compatible import OpenAICompatible

_EFFORTS = {Effort.LOW: "low", Effort.HIGH: "high", Effort.MAX: "high"}


class Routeway(OpenAICompatible):
    """Neither its reasoning field nor the shape of its usage is documented: the reader takes any."""

    def dialect_for(self, prompt: Prompt) -> Mapping[str, Any]:
        effort = _EFFORTS.get(prompt.effort)
        return {"reasoning_effort": effort} if effort else {}
