"""My usage: what a person spent, to the last figure, and what they may do about it."""

import csv
import io
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from pytest_django.asserts import assertInHTML

from accounts import ledger, sheets
from accounts.ledger import Charge
from accounts.models import Budget, BudgetRequest, CostSource, Membership, Team, User
from accounts.usage import facts
from accounts.usage.facts import By, Of, Span
from conversations.actions import catalogue
from conversations.models import Conversation, Generation, Message, Model, Role, Status
from tests.accounts import books
from tests.conftest import ClientFor

PAGE = "/usage/"
NOW = datetime(2026, 11, 12, 12, tzinfo=UTC)
# Dollars per 1M tokens.
RATES = {
    "input": "1",
    "cache_read": "0.1",
    "cache_write": "1",
    "output": "2",
    "is_billed": True,
    "price_id": "",
    "source": "test",
}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_midday")]


@pytest.fixture
def _midday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@transaction.atomic
def spend(
    user: User,
    amount: str,
    *,
    at: datetime = NOW,
    source: CostSource = CostSource.REPORTED,
    model: str = "flash",
    provider: str = "openrouter",
    tokens: tuple[int, int, int, int] = (1000, 0, 100, 0),
    team: Team | None = None,
    generation_id: uuid.UUID | None = None,
    **more: Any,
) -> uuid.UUID:
    """One reply of that cost: prompt, of it cached, completion, of it reasoning."""
    generation_id = generation_id or uuid.uuid4()
    prompt, cached, completion, reasoning = tokens
    attempt = uuid.uuid4()
    ledger.hold(
        generation_id=generation_id,
        user=user,
        team_id=team.pk if team else None,
        bound=books.bound("0"),
        at=at,
    )
    details = {
        "provider": provider,
        "model": model,
        "prompt": prompt,
        "cached": cached,
        "completion": completion,
        "reasoning": reasoning,
        "rates": RATES,
    } | more
    ledger.settle(generation_id=generation_id, charges=[Charge(attempt, Decimal(amount), source, details)])
    return attempt


def table(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def page(alice: User, client_for: ClientFor) -> Client:
    return client_for(alice)


def test_it_opens_with_the_month_in_a_sentence(alice: User, page: Client) -> None:
    books.limit_person(alice, "5")
    spend(alice, "3.1199")

    assert "November so far: $3.12 of $5.00." in page.get(PAGE).text


def test_it_says_nothing_was_spent_where_nothing_was(alice: User, page: Client) -> None:
    books.limit_person(alice, "5")

    text = page.get(PAGE).text

    assert "November so far: nothing spent of $5.00." in text
    assert "Nothing was spent this month." in text


def test_today_and_this_week_stand_beside_the_month(alice: User, page: Client) -> None:
    books.limit_person(alice, "5")
    spend(alice, "0.25")
    spend(alice, "0.5", at=NOW - timedelta(days=2))
    spend(alice, "1", at=NOW - timedelta(days=9))

    rows = page.get(PAGE).context["windows"]

    assert [(row.name, row.spent) for row in rows[:3]] == [
        ("Today", "$0.250"),
        ("This week", "$0.750"),
        ("November", "$1.75"),
    ]
    assert (rows[2].limit, rows[2].left, rows[2].resets) == ("$5.00", "$3.25", "1 December, 00:00 (UTC)")


def test_what_others_spent_is_not_told(alice: User, bob: User, page: Client) -> None:
    books.limit_organisation("100")
    spend(alice, "1")
    spend(bob, "30")

    answer = page.get(PAGE)

    (organisation,) = [row for row in answer.context["windows"] if row.name == "The organisation, November"]
    assert (organisation.spent, organisation.left) == ("", "$69.00")
    assert "$30" not in answer.text


def test_a_sum_that_holds_an_estimate_says_so_until_it_is_corrected(alice: User, page: Client) -> None:
    generation = uuid.uuid4()
    attempt = spend(alice, "0.2", source=CostSource.ESTIMATED, generation_id=generation)
    answer = page.get(PAGE)
    estimated = answer.context["models"][0]["cost"]
    assert "November so far: ≈\N{NO-BREAK SPACE}$0.200" in answer.text
    assert [row.spent for row in answer.context["windows"][:3]] == ["≈\N{NO-BREAK SPACE}$0.200"] * 3

    ledger.correct(
        attempt_id=attempt, generation_id=generation, amount=Decimal("0.3"), source=CostSource.LOOKED_UP
    )

    answer = page.get(PAGE)
    assert (estimated, answer.context["models"][0]["cost"]) == ("≈\N{NO-BREAK SPACE}$0.200", "$0.300")
    assert [row.spent for row in answer.context["windows"][:3]] == ["$0.300"] * 3


def test_a_correction_counts_with_its_reply(alice: User) -> None:
    generation = uuid.uuid4()
    attempt = spend(
        alice, "0.2", source=CostSource.ESTIMATED, generation_id=generation, at=NOW - timedelta(days=3)
    )
    ledger.correct(
        attempt_id=attempt, generation_id=generation, amount=Decimal("0.3"), source=CostSource.LOOKED_UP
    )

    day = (NOW - timedelta(days=3)).date()
    (found,) = facts.sums(By.DAY, By.MODEL, span=Span(day, day), of=Of(user=alice.pk))

    assert (found.key, found.spent, found.replies, found.estimated, found.reported) == (
        (day, "flash"),
        Decimal("0.3"),
        1,
        Decimal(0),
        Decimal("0.3"),
    )


def test_parts_by_kind_add_up_to_what_was_spent(alice: User) -> None:
    spend(alice, "0.7", tokens=(1000, 500, 100, 40))
    spend(alice, "0.011", tokens=(0, 0, 0, 0))

    (found,) = facts.sums(span=Span(NOW.date(), NOW.date()), of=Of(user=alice.pk))

    assert sum(found.parts, Decimal(0)).quantize(Decimal("1e-9")) == found.spent == Decimal("0.711")


def test_what_caching_saved_is_the_difference_of_the_rates(alice: User, page: Client) -> None:
    spend(alice, "0.5", tokens=(1_000_000, 400_000, 10, 0))

    # 400,000 tokens at $0.10 instead of $1.00 per 1M.
    assert "Reading again from the cache saved $0.36: 400k of 1M tokens read (40 %)" in page.get(PAGE).text


def test_the_pace_reaches_to_the_end_of_the_month(alice: User, page: Client) -> None:
    books.limit_person(alice, "5")
    spend(alice, "2.3")

    # 11.5 of 30 days have passed.
    assert "At this pace it will be about $6.00 by 30 November, more than your $5.00." in page.get(PAGE).text


def test_nobody_reckons_a_month_from_its_first_day(alice: User, page: Client) -> None:
    with time_machine.travel(datetime(2026, 11, 1, 18, tzinfo=UTC), tick=False):
        spend(alice, "2", at=datetime(2026, 11, 1, 9, tzinfo=UTC))

        assert "At this pace" not in page.get(PAGE).text


def test_every_model_has_its_bars_and_the_rest_share_a_row(alice: User, page: Client) -> None:
    for number in range(7):
        spend(alice, f"0.{number + 1}", model=f"model-{number}")

    rows = page.get(PAGE).context["models"]

    assert [row["name"] for row in rows] == ["model-6", "model-5", "model-4", "model-3", "Other models"]
    assert rows[-1]["cost"] == "$0.600"
    assert sum(bar.height for bar in rows[0]["bars"]) == pytest.approx(48, abs=1)


def test_conversations_stand_with_their_titles_and_deleted_ones_without(alice: User, page: Client) -> None:
    talk = conversation(alice, "Lease clause")
    generation = generation_in(talk)
    spend(alice, "0.2", generation_id=generation.pk)
    spend(alice, "0.3")
    spend(alice, "0.1")

    answer = page.get(PAGE)

    assert [(row["title"], row["replies"], row["cost"]) for row in answer.context["dearest"]] == [
        ("Deleted conversations", "2", "$0.400"),
        ("Lease clause", "1", "$0.200"),
    ]
    assert f'<a href="/c/{talk.pk}/">Lease clause</a>' in answer.text


def test_every_part_of_the_page_counts_the_same_replies(alice: User, page: Client) -> None:
    talk = conversation(alice, "Lease clause")
    generation = generation_in(talk).pk
    spend(alice, "0.2", generation_id=generation)
    spend(alice, "0", source=CostSource.NOTHING, generation_id=generation_in(talk).pk)
    spend(alice, "0.001", helper="title")
    spend(alice, "0.001", helper="title")

    shown = page.get(PAGE).context

    assert [row["replies"] for row in shown["models"]] == ["1"]
    assert [row["replies"] for row in shown["days"]] == ["1"]
    assert [(row["title"], row["replies"]) for row in shown["dearest"]] == [
        ("Lease clause", "1"),
        ("2 titles", "–"),
    ]


def test_the_demo_is_named_and_its_price_said_to_be_billed_to_nobody(alice: User, page: Client) -> None:
    spend(alice, "0", provider="demo", model="deepseek-v4-flash")

    answer = page.get(PAGE)

    assert [(row["name"], row["cost"]) for row in answer.context["models"]] == [
        ("Demo", "demo price, not billed")
    ]
    assert [row["cost"] for row in answer.context["days"]] == ["demo price, not billed"]
    assert "None of these replies cost anything, so there is nothing to draw." in answer.text
    assert "free" not in answer.text
    assert "chart__drawing" not in answer.text


def test_a_price_of_nothing_is_free_and_no_demo(alice: User, page: Client) -> None:
    spend(alice, "0", provider="own", model="llama")

    assert [row["cost"] for row in page.get(PAGE).context["models"]] == ["free"]


def test_models_go_by_their_names_however_their_providers_call_them(alice: User, page: Client) -> None:
    catalogue.default_model()
    spend(alice, "0.2", model="deepseek/deepseek-v4-flash")
    spend(alice, "0.1", provider="deepseek", model="deepseek-flash")
    spend(alice, "0.1", model="deepseek/deepseek-v4-flash-20260423")
    spend(alice, "0.1", model="deepseek/deepseek-v4-pro")

    rows = page.get(PAGE).context["models"]

    assert [(row["name"], row["replies"], row["cost"]) for row in rows] == [
        ("DeepSeek V4 Flash", "3", "$0.400"),
        ("deepseek/deepseek-v4-pro", "1", "$0.100"),
    ]


def test_deleting_a_conversation_changes_no_total(alice: User, page: Client) -> None:
    talk = conversation(alice, "Lease clause")
    spend(alice, "0.2", generation_id=generation_in(talk).pk)
    before = page.get(PAGE).context["opening"]

    talk.delete()

    answer = page.get(PAGE)
    assert answer.context["opening"] == before
    assert [row["title"] for row in answer.context["dearest"]] == ["Deleted conversations"]


def test_an_earlier_month_stands_under_its_own_address(alice: User, page: Client) -> None:
    spend(alice, "0.4", at=datetime(2026, 10, 31, 23, 59, tzinfo=UTC))

    answer = page.get(f"{PAGE}?month=2026-10")

    assert "October 2026: $0.400." in answer.text
    assert answer.context["windows"] == []


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "yesterday", "1999-01", "2026-1%00"])
def test_what_is_no_month_is_not_found(page: Client, month: str) -> None:
    assert page.get(f"{PAGE}?month={month}").status_code == 404


def test_the_file_has_every_figure_to_the_last_place(alice: User, bob: User, page: Client) -> None:
    spend(alice, "0.000000000001", tokens=(10, 4, 6, 2))
    spend(bob, "1")

    assert table(page.get("/usage.csv")) == [
        {
            "day": "2026-11-12",
            "provider": "openrouter",
            "model": "flash",
            "replies": "1",
            "tokens read": "10",
            "of these cached": "4",
            "tokens written": "6",
            "of these thinking": "2",
            "dollars": "0.000000000001",
            "of these estimated": "0",
        }
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert sheets.cell(text) == f"'{text}"


def test_a_number_stays_a_number() -> None:
    assert [sheets.cell(Decimal("-0.5")), sheets.cell(3), sheets.cell(None)] == ["-0.5", "3", ""]


def test_a_models_name_that_is_a_formula_is_kept_as_text(alice: User, page: Client) -> None:
    spend(alice, "0.1", model="=cmd|' /C calc'!A0")

    assert table(page.get("/usage.csv"))[0]["model"] == "'=cmd|' /C calc'!A0"


def test_a_stranger_is_asked_to_sign_in() -> None:
    assert Client().get(PAGE).status_code == 302
    assert Client().get("/usage.csv").status_code == 302


def test_a_person_limits_themselves_and_frees_themselves_again(alice: User, page: Client) -> None:
    books.limit_person(alice, "5")

    page.post("/usage/limit/", {"window": "month", "limit": "2"})
    assert "November so far: nothing spent of $2.00." in page.get(PAGE).text

    page.post("/usage/limit/", {"window": "month", "limit": ""})
    assert "November so far: nothing spent of $5.00." in page.get(PAGE).text


def test_nobody_raises_their_limit_by_one_of_their_own(alice: User, page: Client) -> None:
    books.limit_person(alice, "5")

    answer = page.post("/usage/limit/", {"window": "month", "limit": "50"})

    assert answer.status_code == 422
    assertInHTML(
        '<p class="field__error" id="own_limit_error">Your limit for a month is $5.00 already.'
        " One of your own has to be lower.</p>",
        answer.text,
    )
    assert '<details class="disclosure" id="own" open>' in answer.text
    assert 'value="50"' in answer.text
    assert not Budget.objects.filter(is_own=True).exists()


def test_who_asks_for_more_reads_that_it_waits_and_may_take_it_back(alice: User, page: Client) -> None:
    books.limit_person(alice, "5")

    said = page.post(
        "/requests/ask/",
        {"amount": "2", "window": "month", "reason": "The board meets on Friday."},
        follow=True,
    )
    waiting = BudgetRequest.objects.get()
    page.post(f"/requests/{waiting.pk}/withdraw/")

    assert "It waits for an administrator. You can keep writing; drafts are saved." in said.text
    assert "The board meets on Friday." in said.text
    waiting.refresh_from_db()
    assert waiting.state == "withdrawn"


def test_more_is_asked_for_only_where_there_is_a_limit(
    alice: User, page: Client, client_for: ClientFor
) -> None:
    books.limit_person(alice, "5")

    asked = page.post("/requests/ask/", {"amount": "2", "window": "day", "reason": "Why not"})
    form = page.get("/usage/").context["ask_form"]

    assert "You have no limit for that, so there is nothing to ask for." in asked.text
    assert [window for window, _ in form.fields["window"].choices] == ["month"]
    Budget.objects.all().delete()
    assert "Ask for more" not in page.get("/usage/").text


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("two", "Enter an amount in dollars, such as 5.00."),
        ("0", "Enter an amount in dollars, more than 0."),
        ("-1", "Enter 0 or more."),
        ("2.001", "Enter whole cents, such as 0.50."),
    ],
)
def test_what_is_asked_for_amiss_comes_back_to_be_mended(
    alice: User, page: Client, amount: str, reason: str
) -> None:
    books.limit_person(alice, "5")
    asked = {"amount": amount, "window": "month", "reason": "The board meets on Friday.", "next": "/"}

    refused = page.post("/requests/ask/", asked)

    assert refused.status_code == 422
    assertInHTML(
        f'<input type="text" name="amount" value="{amount}" inputmode="decimal" autocomplete="off" required'
        ' aria-invalid="true" aria-describedby="ask_amount_error" id="ask_amount" autofocus>',
        refused.text,
    )
    assertInHTML(f'<p class="field__error" id="ask_amount_error">{reason}</p>', refused.text)
    assert "The board meets on Friday.</textarea>" in refused.text
    assert '<details class="disclosure" id="ask" open>' in refused.text
    assert not BudgetRequest.objects.exists()
    assert page.post("/requests/ask/", asked | {"amount": "2"}).headers["Location"] == "/"


def test_a_reason_too_long_comes_back_whole(alice: User, page: Client) -> None:
    books.limit_person(alice, "5")

    refused = page.post("/requests/ask/", {"amount": "2", "window": "month", "reason": "Friday " * 200})

    assert refused.context["ask_form"]["reason"].value() == "Friday " * 200
    assert ("Friday " * 200).strip() in refused.text
    assert 'value="2"' in refused.text


def test_a_second_request_is_refused_beside_the_first_with_all_that_was_typed(
    alice: User, page: Client
) -> None:
    books.limit_person(alice, "5")
    page.post("/requests/ask/", {"amount": "2", "window": "month", "reason": "Why not"})

    refused = page.post("/requests/ask/", {"amount": "3", "window": "month", "reason": "The board meets."})

    assert "You have asked already. Wait for the answer, or take it back first." in refused.text
    assert "“Why not”. It waits for an answer." in refused.text
    assert "The board meets.</textarea>" in refused.text


def test_from_a_refused_request_the_months_before_are_still_led_to(alice: User, page: Client) -> None:
    books.limit_person(alice, "5")

    refused = page.post("/requests/ask/", {"amount": "two"})

    assert 'href="/usage/?month=2026-10"' in refused.text


def test_nobody_takes_back_what_another_asked_for(alice: User, bob: User, client_for: ClientFor) -> None:
    books.limit_person(alice, "5")
    client_for(alice).post("/requests/ask/", {"amount": "2", "window": "month", "reason": "Why not"})
    waiting = BudgetRequest.objects.get()

    assert client_for(bob).post(f"/requests/{waiting.pk}/withdraw/").status_code == 404
    assert client_for(alice).post(f"/requests/{waiting.pk}/withdraw/").status_code == 302


def test_a_manager_finds_the_way_to_their_team(alice: User, page: Client) -> None:
    Membership.objects.create(team=Team.objects.create(name="Legal"), user=alice, is_manager=True)

    assert "You manage" in page.get(PAGE).text


def conversation(owner: User, title: str) -> Conversation:
    return Conversation.objects.create(
        owner=owner, title=title, model=Model.objects.get(is_default=True), effort="high"
    )


def generation_in(talk: Conversation) -> Generation:
    reply = Message.objects.create(conversation=talk, role=Role.ASSISTANT, author_name="V4 Flash")
    return Generation.objects.create(
        reply=reply,
        conversation=talk,
        owner=talk.owner,
        model=talk.model,
        effort="high",
        status=Status.DONE,
        input_bound=1,
        max_tokens=1,
        highest_input_price=1,
        highest_output_price=1,
    )
