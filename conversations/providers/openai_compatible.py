"""Any server that speaks OpenAI's chat completions, and the base of the providers that nearly do.

Reasoning of earlier turns is sent back only with tools, and only to those who want it then (`reasoning_for`): without
tools no server of this family does, and it would be paid for again as input with every turn.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from conversations.providers import effort, http
from conversations.providers.base import (
    Clocks,
    Endpoint,
    Prompt,
    ProviderError,
    ProviderEvent,
    Started,
    ToolCall,
    ToolOffer,
    Turn,
    UsageReport,
)
from conversations.providers.reader import Reader

_MOST_CHARACTERS_PER_TOKEN = 64  # runs of spaces and rules come near; beyond it max_tokens was not obeyed
_SPARE_CHARACTERS = 65_536


class OpenAICompatible:
    """Switches of the endpoint, all optional:

    `sends_effort`: how to say how hard to think: false (the default: many servers refuse what they do not
    know), true or "reasoning_effort", "reasoning", "thinking", "chat_template_kwargs" (vLLM, SGLang).
    `sends_stream_options`: false for old servers; any other is asked again without them if it refuses them.
    `max_tokens_field`: "max_completion_tokens" where the usual name is no longer taken.
    `splits_think_tags`, `starts_inside_think`: see `think.py`.
    `extra_body`: an object merged into the request.
    """

    check_path = "/models"
    can_look_up = False
    sends_effort: bool | str = False
    sends_stream_options = True

    def __init__(self, endpoint: Endpoint, clocks: Clocks) -> None:
        self.endpoint = endpoint
        self.clocks = clocks

    async def stream(self, prompt: Prompt) -> AsyncGenerator[ProviderEvent, None]:
        """As `base.Adapter.stream`."""
        reader = self._reader(prompt)
        async with self._answer(self.body_for(prompt)) as answer:
            upstream_id = self.upstream_id(answer.headers)
            if upstream_id:
                yield Started(upstream_id)
            try:
                while not reader.is_done and (events := await answer.events()) is not None:
                    for event in events:
                        for value in reader.read(event):
                            yield value
            except ProviderError:
                for value in reader.released():
                    yield value
                raise
            for value in reader.end():
                yield value

    async def check(self) -> None:
        """As `base.Adapter.check`."""
        await http.check(self.endpoint, self.clocks, self.check_path)

    async def look_up(self, upstream_id: str) -> UsageReport | None:
        """As `base.Adapter.look_up`: most servers keep no such thing (`can_look_up`)."""
        return None

    def body_for(self, prompt: Prompt) -> dict[str, Any]:
        """The request. Subclasses add their dialect in `dialect_for`."""
        switches = self.endpoint.switches
        body: dict[str, Any] = {
            "model": prompt.model,
            "messages": [self._message(turn, prompt) for turn in prompt.turns],
            "stream": True,
            switches.get("max_tokens_field", "max_tokens"): prompt.max_tokens,
        }
        if switches.get("sends_stream_options", self.sends_stream_options):
            body["stream_options"] = {"include_usage": True}
        if prompt.tools:
            body["tools"] = [_offer(tool) for tool in prompt.tools]
            if not prompt.may_call:
                body["tool_choice"] = "none"
        return {**body, **sampling_of(prompt), **self.dialect_for(prompt), **switches.get("extra_body", {})}

    def dialect_for(self, prompt: Prompt) -> Mapping[str, Any]:
        """The fields that only some servers know."""
        dialect = self.endpoint.switches.get("sends_effort", self.sends_effort)
        if not dialect:
            return {}
        return effort.fields_for("reasoning_effort" if dialect is True else dialect, prompt.effort)

    def reasoning_for(self, turn: Turn) -> Mapping[str, Any]:
        """The fields of an earlier answer that carry its reasoning, where tools are offered."""
        return {}

    def headers(self) -> Mapping[str, str]:
        """Headers besides the key."""
        return {}

    def upstream_id(self, headers: Mapping[str, str]) -> str:
        """The reply's id where it is known before the first token: the key to a cancelled reply's cost."""
        return ""

    def _message(self, turn: Turn, prompt: Prompt) -> dict[str, Any]:
        message: dict[str, Any] = {"role": turn.role, "content": turn.text}
        if turn.role == "tool":
            message["tool_call_id"] = turn.call_id
        if turn.tool_calls:
            message["content"] = turn.text or None
            message["tool_calls"] = [_call(call) for call in turn.tool_calls]
        if turn.role == "assistant" and prompt.tools:
            message.update(self.reasoning_for(turn))
        return message

    def _reader(self, prompt: Prompt) -> Reader:
        return Reader(
            self.endpoint,
            most_characters=prompt.max_tokens * _MOST_CHARACTERS_PER_TOKEN + _SPARE_CHARACTERS,
            splits_think_tags=self.endpoint.switches.get("splits_think_tags", True),
            starts_inside=self.endpoint.switches.get("starts_inside_think", False),
            offers_tools=bool(prompt.tools),
        )

    @asynccontextmanager
    async def _answer(self, body: Mapping[str, Any]) -> AsyncIterator[http.Answer]:
        async with AsyncExitStack() as stack:
            try:
                answer = await stack.enter_async_context(self._post(body))
            except ProviderError as error:
                if "stream_options" not in body or not _refuses_stream_options(error):
                    raise
                body = {field: value for field, value in body.items() if field != "stream_options"}
                answer = await stack.enter_async_context(self._post(body))
            yield answer

    def _post(self, body: Mapping[str, Any]) -> http.Opening:
        return http.post(self.endpoint, self.clocks, "/chat/completions", body=body, headers=self.headers())


def sampling_of(prompt: Prompt) -> Mapping[str, float]:
    """The fields that say how freely it picks its words; only those that somebody set."""
    chosen = {"temperature": prompt.temperature, "top_p": prompt.top_p}
    return {field: float(value) for field, value in chosen.items() if value is not None}


def _offer(tool: ToolOffer) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _call(call: ToolCall) -> dict[str, Any]:
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }


def _refuses_stream_options(error: ProviderError) -> bool:
    return error.status in (400, 422) and "stream_options" in error.detail
