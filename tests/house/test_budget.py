"""Nobody spends past a budget, however many requests run at once."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db.models import Sum

from accounts.actions import budgets
from accounts.models import LedgerEntry, Posting, Scope, SpendWindow, User
from conversations.models import Generation
from tests.conversations.conftest import PRICE
from tests.house.conftest import PersonFor, Script
from tests.house.processes import wait_until

pytestmark = pytest.mark.stack

# A reply's worst case at a dollar per million: 32,768 tokens out and the prompt's bytes in.
WORST = (32_768 + len("Hi") + 32) * PRICE / 1_000_000


def test_fifty_sends_at_once_against_a_budget_for_three_give_three_answers(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    useful = Decimal(1_024) * PRICE / 1_000_000
    budgets.set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, limit=WORST * 3 + useful / 2)
    script.play({"wait": "all decided"}, {"text": "ok"})
    person = person_for(alice)

    with ThreadPoolExecutor(50) as pool:
        answers = list(
            pool.map(
                lambda n: person.send_patiently("/conversations/", client_id=f"0190aaaa-{n:04}", text="Hi"),
                range(50),
            )
        )
    codes = sorted(answer.status_code for answer in answers)
    script.release("all decided")
    wait_until(
        lambda: Generation.objects.filter(status="done").count() == 3,
        what="three replies to be done",
    )

    assert codes == [201] * 3 + [402] * 47
    assert len(script.calls()) == 3
    for window in SpendWindow.objects.all():
        sums = Posting.objects.filter(window=window).aggregate(spent=Sum("spent"), held=Sum("held"))
        assert (window.spent, window.held) == (sums["spent"], sums["held"])
        assert window.held == 0
    assert LedgerEntry.objects.filter(kind="charge").count() == 3


def test_a_refusal_says_what_was_reached_and_when_it_starts_again(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    budgets.set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, limit=Decimal("0.0005"))

    answer = person_for(alice).post("/conversations/", client_id="0190aaaa-none", text="Hi")

    assert answer.status_code == 402
    assert "(UTC)" in answer.json()["error"]["message"]
    assert script.calls() == []


def test_a_reply_that_the_budget_shortens_says_so_when_it_is_cut(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    budgets.set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, limit=WORST / 2)
    script.play({"text": "cut he"}, {"end": "length"})
    person = person_for(alice)

    generation = person.ask("Hi")["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(generation)["status"] == "done", what="the reply to be done")

    assert script.calls()[0]["body"]["max_tokens"] < 32_768
    assert person.reply(generation)["note"] == "Shortened by your budget."
