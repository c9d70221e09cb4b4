"""DeepSeek's own API."""

import re
from collections.abc import Mapping
from typing import Any

from conversations.providers import effort
from conversations.providers.base import Prompt, Turn
from conversations.providers.openai_compatible import OpenAICompatible

_NOT_IN_A_USER_ID = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST_USER_ID = 512


class DeepSeek(OpenAICompatible):
    """Usage rides on the last chunk that has a choice. With tools, a request is refused (400) unless every earlier
    answer comes with its reasoning, be it empty. Without them, reasoning that is sent back is ignored.

    Further switch: `empty_reasoning`, what is sent for an answer that has none, where "" is refused (some say " ").
    """

    def dialect_for(self, prompt: Prompt) -> Mapping[str, Any]:
        fields = dict(effort.fields_for("thinking", prompt.effort))
        user_id = _NOT_IN_A_USER_ID.sub("-", prompt.user_ref)[:_LONGEST_USER_ID]
        if user_id:
            fields["user_id"] = user_id
        return fields

    def reasoning_for(self, turn: Turn) -> Mapping[str, Any]:
        return {"reasoning_content": turn.reasoning or self.endpoint.switches.get("empty_reasoning", "")}
