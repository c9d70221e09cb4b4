"""A model asks for a tool, the worker runs it, the model goes on: one reply, and every call of it in the books."""

from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.actions import budgets, prices
from accounts.models import EntryKind, LedgerEntry, Scope, User
from accounts.usage import facts
from conversations.generation import breaker
from conversations.generation.breaker import FAILURES
from conversations.generation.next_call import MOST_HOPS
from conversations.generation.settlement import ESTIMATED_BYTES_PER_TOKEN
from conversations.models import Attempt, Generation, Message, Model
from tests.conversations.conftest import PRICE
from tests.house.answers import ended, generation_of
from tests.house.conftest import PersonFor, Script
from tests.house.people import Drawn
from tests.house.processes import wait_until
from tests.house.tools import Steps, ask, attempts, booked, calling, steps_of

pytestmark = pytest.mark.stack

PER_TOKEN = PRICE / 1_000_000
DONE = [("Calculated 12.5 × 3 = 37.5", "done")]


def test_the_model_asks_the_worker_reckons_and_the_answer_is_one_reply(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play(
        queue=[
            calling({"reasoning": "A sum."}, {"text": "Let me see."}),
            [{"reasoning": "There."}, {"text": "It is 37.5."}],
        ]
    )
    person = person_for(alice)

    with person.socket() as socket:
        answer = ask(person)
        socket.follow(generation_of(answer))
        drawn = Drawn().fold(socket.until("ended"))

    assert drawn.reply is not None
    assert (drawn.text, drawn.reasoning) == (drawn.reply["text"], drawn.reply["reasoning"])
    assert drawn.reply["text"] == "Let me see.\n\nIt is 37.5."
    assert steps_of(drawn.reply) == DONE
    assert [step["result"] for step in drawn.hops[1]["steps"]] == ["37.5"]
    assert drawn.reply["thought_line"].endswith("· 1 step")

    first, second = script.calls()
    assert [tool["function"]["name"] for tool in first["body"]["tools"]] == ["calculate"]
    asked, result = second["body"]["messages"][-2:]
    assert (asked["role"], asked["content"]) == ("assistant", "Let me see.")
    assert [call["function"]["arguments"] for call in asked["tool_calls"]] == ['{"expression":"12.5 * 3"}']
    assert result == {"role": "tool", "content": "37.5", "tool_call_id": asked["tool_calls"][0]["id"]}
    assert second["body"]["tools"] == first["body"]["tools"]


def test_each_call_is_charged_once_and_the_receipt_is_their_sum(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play(queue=[calling(), [{"text": "It is 37.5."}]])
    person = person_for(alice)

    reply = ended(person, ask(person))

    calls = script.calls()
    billed = sum(call["prompt_tokens"] + call["completion_tokens"] for call in calls)
    assert booked() == billed * PER_TOKEN
    assert attempts() == [(1, "tool_calls", "priced"), (2, "stop", "priced")]
    kinds = LedgerEntry.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["hold", "release", "charge", "hold", "release", "charge"]
    (spent,) = facts.sums(span=facts.Span(facts.today(), facts.today()))
    assert (spent.replies, spent.spent) == (1, billed * PER_TOKEN)
    assert reply["tally"]["total"]["tokens"] == f"{billed:,}"
    assert Decimal(reply["tally"]["exact"].removeprefix("$")) == billed * PER_TOKEN
    for call, held in zip(calls, LedgerEntry.objects.filter(kind="hold").order_by("id"), strict=True):
        worst = (call["prompt_tokens"] + call["body"]["max_tokens"]) * PER_TOKEN
        assert held.amount >= worst


def test_two_tools_in_one_turn_are_both_run_and_both_told(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    two: Steps = [
        {"call": "calculate", "arguments": {"expression": "1+1"}, "id": "a", "index": 0},
        {"call": "calculate", "arguments": {"expression": "1/3"}, "id": "b", "index": 1},
        {"end": "tool_calls"},
    ]
    script.play(queue=[two, [{"text": "Two and a third."}]])
    person = person_for(alice)

    reply = ended(person, ask(person))

    assert [line for line, _ in steps_of(reply)] == [
        "Calculated 1+1 = 2",
        "Calculated 1 ÷ 3 ≈ 0.33333333333333333333333333333333333333333333333333",
    ]
    results = script.calls()[1]["body"]["messages"][-2:]
    assert [(one["tool_call_id"], one["content"][:6]) for one in results] == [("a", "2"), ("b", "≈ 0.33")]


@pytest.mark.parametrize(
    ("tool", "arguments", "told", "line"),
    [
        ("calculate", '{"expression": "1 +', "not valid JSON", "calculate did not work"),
        ("calculate", {"expression": "1/0"}, "Division by zero", "Could not calculate 1 ÷ 0"),
        ("erase_all", {}, "no tool named 'erase_all'", "erase_all did not work"),
    ],
)
def test_what_cannot_be_run_is_told_to_the_model_and_it_answers_all_the_same(
    person_for: PersonFor, script: Script, alice: User, tool: str, arguments: object, told: str, line: str
) -> None:
    script.play(queue=[calling(tool=tool, arguments=arguments), [{"text": "I cannot."}]])
    person = person_for(alice)

    reply = ended(person, ask(person))

    assert steps_of(reply) == [(line, "failed")]
    assert told in script.calls()[1]["body"]["messages"][-1]["content"]
    assert reply["text"] == "I cannot."


def test_after_the_last_step_allowed_the_model_has_to_answer(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play(*calling(), queue=[calling(id=f"c{number}") for number in range(MOST_HOPS)])
    person = person_for(alice)

    reply = ended(person, ask(person))

    calls = script.calls()
    assert len(calls) == Attempt.objects.count() == MOST_HOPS + 1
    assert [call["body"].get("tool_choice") for call in calls] == [None] * MOST_HOPS + ["none"]
    assert len(steps_of(reply)) == MOST_HOPS
    assert reply["note"] == "The model gave no answer. Try again, or ask in other words."
    billed = sum(call["prompt_tokens"] + call["completion_tokens"] for call in calls)
    assert booked() == billed * PER_TOKEN


def test_a_budget_for_one_call_ends_the_reply_after_it_and_is_never_passed(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    limit = Decimal(3_000) * PER_TOKEN
    budgets.set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, limit=limit)
    spends = {"prompt_tokens": 1_500, "completion_tokens": 900}
    first = [{"text": "Let me see."}, *calling()[:-1], {"finish": "tool_calls", "usage": spends}]
    script.play({"text": "never asked"}, queue=[first])
    person = person_for(alice)

    reply = ended(person, ask(person))

    assert len(script.calls()) == 1
    assert reply["note"] == "Your budget has no room for another step."
    assert (reply["text"], steps_of(reply)) == ("Let me see.", DONE)
    assert booked() == Decimal(2_400) * PER_TOKEN <= limit
    assert LedgerEntry.objects.filter(kind=EntryKind.HOLD).count() == 1


def test_the_next_call_is_as_short_as_the_budget_then_allows(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    limit = Decimal(8_000) * PER_TOKEN
    budgets.set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, limit=limit)
    spends = {"prompt_tokens": 500, "completion_tokens": 1_500}
    first = [*calling()[:-1], {"finish": "tool_calls", "usage": spends}]
    script.play(queue=[first, [{"text": "cut he"}, {"end": "length"}]])
    person = person_for(alice)

    reply = ended(person, ask(person))

    most = [call["body"]["max_tokens"] for call in script.calls()]
    assert 1_024 <= most[1] < most[0] < 8_000
    held = LedgerEntry.objects.filter(kind=EntryKind.HOLD).order_by("id").last()
    assert held is not None
    assert held.amount + Decimal(2_000) * PER_TOKEN <= limit
    assert reply["note"] == "Shortened by your budget."
    assert reply["is_at_own_limit"] is False


def test_the_longest_reply_that_was_set_counts_over_all_calls(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    spends = {"prompt_tokens": 500, "completion_tokens": 700}
    first = [*calling()[:-1], {"finish": "tool_calls", "usage": spends}]
    script.play(queue=[first, [{"text": "It is 37"}, {"end": "length"}]])
    person = person_for(alice)

    reply = ended(person, ask(person, reply_limit="1000"))

    assert [call["body"]["max_tokens"] for call in script.calls()] == [1_000, 300]
    assert reply["note"] == "Cut at the length you set for this conversation."
    assert reply["is_at_own_limit"] is True


def test_the_estimate_of_a_later_call_counts_what_the_calls_before_it_wrote(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    thought, said = "é" * 4_000, "ü" * 4_000
    script.play(queue=[calling({"reasoning": thought}, {"text": said}), [{"text": "It is"}, {"cut": True}]])
    person = person_for(alice)

    ended(person, ask(person), "interrupted")

    assert attempts() == [(1, "tool_calls", "priced"), (2, "", "estimated")]
    told = len((thought + said).encode())
    assert (Attempt.objects.get(number=2).prompt_tokens or 0) * ESTIMATED_BYTES_PER_TOKEN > told


def test_a_price_that_is_raised_in_mid_reply_is_held_for_before_the_next_call(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play(queue=[calling({"wait": "raised"}), [{"text": "It is 37.5."}]])
    person = person_for(alice)
    answer = ask(person)
    wait_until(lambda: len(script.calls()) == 1, what="the first call")
    prices.set_price(
        actor=None, provider="scripted", upstream_model="deepseek-v4-flash", input=9 * PRICE,
        cache_read=9 * PRICE, output=9 * PRICE, source="test",
    )  # fmt: skip
    script.release("raised")

    ended(person, answer)

    call = script.calls()[1]
    held = LedgerEntry.objects.filter(kind=EntryKind.HOLD).order_by("id").last()
    assert held is not None
    assert held.amount >= (call["prompt_tokens"] + call["body"]["max_tokens"]) * 9 * PER_TOKEN
    first, second = Attempt.objects.order_by("number")
    assert first.cost == first.tokens.total * PER_TOKEN
    assert second.cost == second.tokens.total * 9 * PER_TOKEN
    assert Generation.objects.get().highest_output_price == 9 * PRICE


def test_a_call_that_was_cut_at_its_length_is_not_run(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"text": "Let me see."}, {"call": "calculate", "arguments": '{"expr'}, {"end": "length"})
    person = person_for(alice)

    reply = ended(person, ask(person))

    assert (len(script.calls()), reply["hops"]) == (1, [])
    assert reply["note"] == "Cut at the longest reply allowed."


def test_a_next_call_that_fails_before_its_first_token_is_made_again_and_costs_nothing(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play(queue=[calling(), [{"status": 503}], [{"text": "It is 37.5."}]])
    person = person_for(alice)

    reply = ended(person, ask(person))

    assert (reply["text"], steps_of(reply)) == ("It is 37.5.", DONE)
    assert attempts() == [(1, "tool_calls", "priced"), (2, "", "nothing"), (3, "stop", "priced")]
    assert script.calls()[1]["body"] == script.calls()[2]["body"]


@pytest.mark.parametrize("hops", [0, 1])
def test_a_call_left_in_the_text_is_asked_for_once_booked_and_not_held_against_its_provider(
    person_for: PersonFor, script: Script, alice: User, hops: int
) -> None:
    markup = "<｜DSML｜function_calls><｜DSML｜invoke name=calculate>"
    script.play({"text": markup}, {"end": "stop"}, queue=[calling()] * hops)
    person = person_for(alice)

    replies = [ended(person, ask(person, effort="off"), "failed") for _ in range(FAILURES)]

    assert {(reply["status"], reply["text"]) for reply in replies} == {("failed", "")}
    assert replies[0]["note"].startswith("Scripted sent a tool call that cannot be read. It cost ")
    assert len(script.calls()) == FAILURES + hops
    leaked = Attempt.objects.filter(fault_code="unreadable", cost_source="estimated")
    assert leaked.filter(prompt_tokens__gt=0, completion_tokens__gt=len(markup) // 4).count() == FAILURES
    assert not breaker.is_left_out("scripted", timezone.now())


def test_without_the_switch_no_tool_is_offered(person_for: PersonFor, script: Script, alice: User) -> None:
    script.play({"text": "37.5"})
    person = person_for(alice)

    ended(person, person.ask("What is 12.5 times 3?"))
    Model.objects.update(takes_tools=False)
    ended(person, ask(person))

    assert [("tools" in call["body"]) for call in script.calls()] == [False, False]
    assert Generation.objects.filter(tools=[]).count() == 2


def test_a_reload_in_the_middle_of_a_step_shows_it_and_goes_on(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play(queue=[calling({"text": "Let me see."}), [{"wait": "rest"}, {"text": "It is 37.5."}]])
    person = person_for(alice)
    generation = generation_of(ask(person))
    wait_until(lambda: len(script.calls()) == 2, what="the next call")

    reloaded = person.reply(generation)
    with person.socket() as socket:
        socket.follow(generation, after=reloaded["seq"])
        script.release("rest")
        drawn = Drawn()
        drawn.seq, drawn.text = reloaded["seq"], reloaded["text"]
        drawn.fold(socket.until("ended"))

    assert (reloaded["status"], reloaded["tally"]) == ("running", None)
    assert (reloaded["text"], steps_of(reloaded)) == ("Let me see.", DONE)
    assert drawn.text == Message.objects.get(generation__pk=generation).text == "Let me see.\n\nIt is 37.5."
