"""A conversation with steps goes on: with DeepSeek, which refuses what was not passed back, and with others."""

import uuid
from typing import Any

import pytest

from accounts.models import User
from conversations.actions import settings
from conversations.models import Conversation, Message, Model, Provider, ProviderKind
from tests.house.answers import ended
from tests.house.conftest import PersonFor, Script
from tests.house.people import Person
from tests.house.tools import Steps, ask, calling, steps_of

pytestmark = pytest.mark.stack

DETAIL = {"type": "reasoning.text", "text": "A sum.", "format": "unknown", "index": 0, "signature": "s1"}


def go_on(person: Person, answer: dict[str, Any], text: str) -> dict[str, Any]:
    """The next message after this answer's reply."""
    said = person.post(
        f"/conversations/{answer['conversation']['id']}/messages/",
        client_id=str(uuid.uuid4()),
        text=text,
        after=answer["reply"]["id"],
    )
    assert said.status_code == 201, said.text
    return {**said.json(), "conversation": answer["conversation"]}


def answering(number: int) -> Steps:
    return [{"reasoning": f"Thought {number}."}, {"text": f"Answer {number}."}]


def switch(answer: dict[str, Any], *tools: str) -> None:
    """Let the conversation's next turns have these tools."""
    settings.change_settings(
        conversation=Conversation.objects.get(pk=answer["conversation"]["id"]),
        instructions="",
        temperature=None,
        top_p=None,
        reply_limit=None,
        tools=tools,
    )


def test_deepseek_takes_three_further_turns_after_one_with_steps(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    Provider.objects.update(kind=ProviderKind.DEEPSEEK)
    silent = calling(id="c2")  # neither thought nor said a word
    script.play(
        is_strict=True,
        queue=[
            *(answering(0), calling({"reasoning": "A sum."}, {"text": "Let me see."}, id="c1")),
            *(silent, answering(1), answering(2), answering(3), answering(4)),
        ],
    )
    person = person_for(alice)
    answer = person.ask("Before there were tools.")
    ended(person, answer)
    switch(answer, "calculate")

    for number in range(1, 5):
        answer = go_on(person, answer, f"Question {number}")
        ended(person, answer)

    last = script.calls()[-1]["body"]["messages"]
    assert [turn["role"] for turn in last] == [
        *("user", "assistant", "user", "assistant", "tool", "assistant", "tool", "assistant"),
        *("user", "assistant", "user", "assistant", "user"),
    ]
    asked = [turn for turn in last if turn["role"] == "assistant"]
    assert [turn["reasoning_content"] for turn in asked] == [
        *("Thought 0.", "A sum.", "", "Thought 1.", "Thought 2.", "Thought 3."),
    ]
    assert [turn["content"] for turn in asked[:3]] == ["Answer 0.", "Let me see.", None]
    assert [call["status"] for call in script.calls()] == [200] * 7


def test_a_step_of_a_reply_that_failed_is_passed_back_with_its_result(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    Provider.objects.update(kind=ProviderKind.DEEPSEEK)
    script.play(
        is_strict=True, queue=[calling({"reasoning": "A sum."}), [{"status": 403, "body": {}}], answering(2)]
    )
    person = person_for(alice)
    answer = ask(person)
    failed = ended(person, answer, "failed")
    assert (failed["text"], steps_of(failed)) == ("", [("Calculated 12.5 × 3 = 37.5", "done")])

    ended(person, go_on(person, answer, "Go on"))

    roles = [turn["role"] for turn in script.calls()[-1]["body"]["messages"]]
    assert roles == ["user", "assistant", "tool", "user"]


def test_what_a_router_sent_with_the_reasoning_goes_back_as_it_came_hop_by_hop(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    Provider.objects.update(kind=ProviderKind.OPENROUTER)
    second = {**DETAIL, "text": "There.", "signature": "s2"}
    said = [
        {"event": {"choices": [{"index": 0, "delta": {"reasoning_details": [one]}}]}}
        for one in (DETAIL, second)
    ]
    script.play(queue=[calling(said[0]), [said[1], {"text": "It is 37.5."}, {"end": "stop"}], answering(2)])
    person = person_for(alice)
    answer = ask(person)
    ended(person, answer)

    ended(person, go_on(person, answer, "And then?"))

    within, later = (call["body"]["messages"] for call in script.calls()[1:])
    assert within[1]["reasoning_details"] == later[1]["reasoning_details"] == [DETAIL]
    assert later[3]["reasoning_details"] == [second]
    assert within == later[:3]


def test_without_tools_or_for_another_model_only_the_words_are_told(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play(queue=[calling({"text": "Let me see."}), [{"text": "It is 37.5."}], answering(2)])
    person = person_for(alice)
    answer = ask(person)
    ended(person, answer)
    switch(answer)

    ended(person, go_on(person, answer, "And then?"))

    assert script.calls()[-1]["body"]["messages"] == [
        {"role": "user", "content": "What is 12.5 times 3?"},
        {"role": "assistant", "content": "Let me see.\n\nIt is 37.5."},
        {"role": "user", "content": "And then?"},
    ]


def test_a_fork_keeps_the_steps(person_for: PersonFor, script: Script, alice: User) -> None:
    script.play(queue=[calling(), [{"text": "It is 37.5."}]])
    person = person_for(alice)
    answer = ask(person)
    ended(person, answer)

    forked = person.post(f"/messages/{answer['reply']['id']}/fork/", client_id=str(uuid.uuid4()))

    assert forked.status_code in (200, 201), forked.text
    kept = Message.objects.filter(role="assistant").values_list("hops", flat=True)
    assert len(kept) == 2
    assert kept[0] == kept[1] != []
    assert Model.objects.get(is_default=True).takes_tools
