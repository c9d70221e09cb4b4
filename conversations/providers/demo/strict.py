"""What DeepSeek's own API refuses in a request with tools, as far as its users have found out."""

from collections.abc import Mapping, Sequence
from typing import Any

_NO_REASONING = "The `reasoning_content` in the thinking mode must be passed back to the API."
_NO_RESULT = (
    "An assistant message with 'tool_calls' must be followed by a tool message for each 'tool_call_id'."
)
_NO_CALL = "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'."
_NO_CONTENT = "Invalid assistant message: content or tool_calls must be set."


def fault_in(body: Mapping[str, Any]) -> str:
    """The words of its 400; "" for a request that it takes."""
    messages: Sequence[Mapping[str, Any]] = body["messages"]
    is_thinking = body.get("thinking", {}).get("type", "enabled") == "enabled"
    awaited: list[str] = []
    for message in messages:
        role = message.get("role")
        if role == "tool":
            if message.get("tool_call_id") not in awaited:
                return _NO_CALL
            awaited.remove(message["tool_call_id"])
            continue
        if awaited:
            return _NO_RESULT
        if role != "assistant":
            continue
        if not message.get("content") and not message.get("tool_calls"):
            return _NO_CONTENT
        if body.get("tools") and is_thinking and not isinstance(message.get("reasoning_content"), str):
            return _NO_REASONING
        awaited = [call["id"] for call in message.get("tool_calls") or ()]
    return _NO_RESULT if awaited else ""
