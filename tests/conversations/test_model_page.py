"""The model page: what others state with its source, what providers ask, and what was measured here."""

import csv
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from accounts.actions import prices
from accounts.models import CostSource, Team, User
from conversations.measured import periods, reading, rollups, steps
from conversations.models import (
    Attempt,
    Conversation,
    Generation,
    Measure,
    Message,
    Model,
    Provider,
    Role,
    Route,
    Status,
)
from tests.conftest import ClientFor

NOW = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
PAGE = "/models/deepseek-v4-flash/"
RATES = {
    "input": "1",
    "cache_read": "0.1",
    "cache_write": "1",
    "output": "2",
    "is_billed": True,
    "price_id": "",
    "source": "test",
}
USUAL = {"prompt_tokens": 1000, "cached_tokens": 600, "completion_tokens": 101, "reasoning_tokens": 40}


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(client_for: ClientFor, alice: User, model: Model) -> Client:
    prices.seed_prices()
    return client_for(alice)


@pytest.fixture
def office(client_for: ClientFor, admin: User, page: Client) -> Client:
    return client_for(admin)


def called(
    model: Model,
    user: User,
    at: datetime = NOW,
    *,
    provider: str = "scripted",
    status: Status = Status.DONE,
    wait: float | None = 1.0,
    took: float = 2.0,
    cost: str | None = "0.000662",
    source: CostSource = CostSource.PRICED,
    team: Team | None = None,
    fault: str = "",
    price: dict[str, Any] = RATES,
    **tokens: int,
) -> Attempt:
    """One reply with one call that has ended."""
    talk = Conversation.objects.create(owner=user, title="Lease", model=model, effort="high")
    reply = Message.objects.create(conversation=talk, role=Role.ASSISTANT, author_name="V4 Flash")
    generation = Generation.objects.create(
        reply=reply,
        conversation=talk,
        owner=user,
        team_id=team.pk if team else None,
        model=model,
        effort="high",
        status=status,
        input_bound=1,
        max_tokens=1,
        highest_input_price=1,
        highest_output_price=1,
    )
    first = None if wait is None else at + timedelta(seconds=wait)
    return Attempt.objects.create(
        generation=generation,
        number=1,
        provider=provider,
        provider_name=provider,
        upstream_model="v4",
        fault_code=fault,
        price=price,
        cost=cost,
        cost_source=source,
        started_at=at,
        first_data_at=first,
        finished_at=(first or at) + timedelta(seconds=took),
        **(USUAL | tokens),
    )


def measured(model: Model, unit: str = "day", **which: Any) -> reading.Found:
    return reading.read(model, periods.latest(unit), **which)


def test_every_fact_of_both_pages_stands_with_its_source_and_date(page: Client) -> None:
    text = page.get(PAGE).text

    for fact in (
        *("24 April 2026", "284B in all, 13B active", "hybrid, for efficient reading of long contexts"),
        *("1,048,576 tokens", "coding assistants, chat systems, agent workflows", "DeepSeek"),
        *("<code>deepseek/deepseek-v4-flash</code>", "<code>deepseek-v4-flash</code>", "configurable modes"),
        *("5.87B tokens a day", "121M tokens a day", "108M tokens a day", "reasoning_details"),
        *("$0.14", "$0.28", "$0.12", "$0.04", "$0.25", "1.0M tokens", "https://api.routeway.ai/v1"),
        *(
            "where quick answers and low cost matter",
            "OpenAI’s own client",
            "5.87B tokens a day: what the model",
        ),
        "falls back on others, so that it is up as much as can be. It makes requests and answers of all hosts alike.",
        "Headers that name the app on its leaderboards are optional",
        "to be handed back complete when a conversation goes on",
        *(
            "Points of Artificial Analysis",
            "Supported Parameters",
            "performance, effective prices, apps and uptime",
        ),
        *("reasoning, mathematics, coding and knowledge in one figure", "real programming tasks"),
        *(
            "Graduate-level science",
            "A very hard exam for experts",
            "real scientific work",
            "detailed instructions",
        ),
        *("long documents and conversations", "many steps at a terminal", "customer support that uses tools"),
        *("44.9", "39.8", "86.7 %", "27.8 %", "42 %", "73.5 %", "62.7 %", "38.6 %", "95.6 %"),
        "0 % as stated by Routeway, unverified",
        "no radar is drawn here",
    ):
        assert fact in text, fact
    assert text.count("read in November 2026") > 20
    assert (
        'href="https://openrouter.ai/deepseek/deepseek-v4-flash" rel="noopener noreferrer nofollow external"'
        in text
    )


def test_indices_stand_apart_from_percentages(page: Client) -> None:
    scores = page.get(PAGE).context["scores"]

    assert [one["name"] for one in scores["indices"]] == ["Intelligence Index", "Coding Index"]
    assert [one["figure"] for one in scores["indices"]] == ["44.9", "39.8"]
    assert len(scores["percent"]) == 7
    assert all(one["figure"].endswith(" %") for one in scores["percent"])


def test_nothing_is_calculated_where_no_route_takes_tools(page: Client, model: Model) -> None:
    def said() -> tuple[str, str]:
        """Of calling functions here: yes or no, and how."""
        rows = page.get(PAGE).context["capabilities"]["rows"]
        here = next(row["cells"][-1] for row in rows if row["label"] == "Function calling")
        return here["words"], here["note"]

    assert said() == ("available", "calculate, where a conversation allows it")
    model.routes.update(lacks=["tools"])
    assert said() == ("no", "none of its routes takes tools")


def test_silence_is_told_apart_from_no(page: Client, model: Model) -> None:
    Model.objects.filter(pk=model.pk).update(efforts=["off"])

    table = page.get(PAGE).context["capabilities"]

    said = {row["label"]: [cell["words"] for cell in row["cells"]] for row in table["rows"]}
    assert [source.name for source in table["sources"]] == ["Routeway, model page", "OpenRouter, model page"]
    assert said["Vision"] == ["not listed", "not listed", "no"]
    assert said["Function calling"] == ["available", "not listed", "available"]
    assert said["Reasoning"] == ["available", "available", "no"]


def test_no_thinking_is_listed_that_none_of_its_routes_takes(page: Client, model: Model) -> None:
    def here() -> str:
        table = page.get(PAGE).context["capabilities"]
        reasoning = next(row["cells"][-1] for row in table["rows"] if row["label"] == "Reasoning")
        return f"{reasoning['words']}: {reasoning['note']}"

    assert here() == "available: off, low, high, max"

    Route.objects.filter(model=model).update(efforts=["off", "high"])
    assert here() == "available: off, high"
    Route.objects.filter(model=model).update(efforts=[])
    assert here() == "no: "


def test_prices_stand_side_by_side_as_they_are_in_force(page: Client) -> None:
    before = {row["name"]: row for row in page.get(PAGE).context["rates"]}
    prices.set_price(
        actor=None,
        provider="openrouter",
        upstream_model="deepseek/deepseek-v4-flash",
        input=Decimal("0.105"),
        cache_read=Decimal("0.02"),
        output=Decimal("0.21"),
        source="openrouter.ai, November list",
    )

    answer = page.get(PAGE)
    rows = {row["name"]: row for row in answer.context["rates"]}

    assert list(rows) == ["Scripted", "OpenRouter", "Routeway", "DeepSeek"]
    assert [rows["Routeway"]["price"][name] for name in ("input", "cache_read", "output")] == [
        "$0.12",
        "$0.04",
        "$0.25",
    ]
    assert not before["OpenRouter"]["price"]["has_cache_read"]
    assert before["OpenRouter"]["stated"] == ""
    assert rows["OpenRouter"]["price"]["input"] == "$0.105"
    assert rows["OpenRouter"]["stated"] == "its page said $0.14 in, $0.28 out in November 2026"
    assert len(rows["DeepSeek"]["price"]["bands"]) == 2
    assert [row["is_used"] for row in rows.values()] == [True, False, False, False]
    assert "openrouter.ai, November list" in answer.text


def test_another_price_for_reading_from_the_cache_is_told_beside_what_the_page_said(page: Client) -> None:
    prices.set_price(
        actor=None,
        provider="routeway",
        upstream_model="deepseek-v4-flash",
        input=Decimal("0.12"),
        cache_read=Decimal("0.06"),
        output=Decimal("0.25"),
        source="list",
    )

    rows = {row["name"]: row for row in page.get(PAGE).context["rates"]}

    assert rows["Routeway"]["stated"] == "its page said $0.12 in, $0.04 again, $0.25 out in November 2026"


def test_a_model_of_which_nothing_is_stated_shows_what_is_known_here(page: Client, model: Model) -> None:
    own = Model.objects.create(
        slug="own", name="Our own", short_name="Own", context_window=32_000, efforts=["off"]
    )
    Route.objects.create(model=own, provider=Provider.objects.get(), upstream_model="own", order=1)

    text = page.get("/models/own/").text

    assert (
        "Our own reads up to 32,000 tokens at once; nothing was asked of it here in the last 30 days." in text
    )
    assert "Nothing is stated of this model here" in text
    assert "Published scores" not in text
    assert "Our own</a>" in page.get("/models/").text


def test_a_month_without_questions_says_so_and_offers_one(page: Client) -> None:
    text = page.get(PAGE).text

    assert "nothing was asked of it here in the last 30 days" in text
    assert "as soon as somebody asks something" in text
    assert "CSV" not in text


def test_a_stranger_signs_in_first_and_an_address_without_sense_is_no_page(page: Client) -> None:
    assert Client().get(PAGE).status_code == 302
    for address in (
        f"{PAGE}?by=century",
        f"{PAGE}?provider={'x' * 41}",
        f"{PAGE}?provider=%00",
        "/models/none/",
    ):
        assert page.get(address).status_code == 404, address


def test_what_was_paid_counts_reading_from_the_cache(model: Model, alice: User) -> None:
    called(model, alice)

    whole = measured(model).whole

    # 600 × 0.1 + 400 × 1 for 1000 read; 101 × 2 for 101 written.
    assert whole.price_read == pytest.approx(Decimal("0.46"))
    assert whole.price_written == pytest.approx(Decimal(2))
    assert sum(whole.parts, Decimal(0)) == pytest.approx(whole.cost)


def test_failed_stopped_and_unfinished_calls_count_as_what_they_are(model: Model, alice: User) -> None:
    called(model, alice)
    called(
        model, alice, status=Status.FAILED, fault="overloaded", wait=None, cost="0", source=CostSource.NOTHING
    )
    called(
        model, alice, status=Status.FAILED, fault="internal", wait=None, cost="0", source=CostSource.NOTHING
    )
    called(model, alice, status=Status.STOPPED, source=CostSource.ESTIMATED, took=0.001)
    called(model, alice, status=Status.STOPPED, source=CostSource.ESTIMATED, wait=None)
    Attempt.objects.filter(pk=called(model, alice).pk).update(finished_at=None)

    whole = measured(model).whole

    # Judged: the answer, the failure, and what was stopped in mid-answer.
    assert (whole.attempts, whole.judged, whole.answered, whole.stopped) == (5, 3, 2, 2)
    assert sum(whole.waits.values()) == 2
    assert sum(whole.speeds.values()) == 1  # an estimated count says nothing about speed
    assert whole.estimated == Decimal("0.001324")


def test_the_demo_is_left_out_of_the_sums_unless_nobody_else_answered(model: Model, alice: User) -> None:
    called(model, alice, provider="demo")
    alone = measured(model)
    called(model, alice, provider="scripted")

    found = measured(model)

    assert (alone.is_demo, alone.whole.attempts) == (True, 1)
    assert (found.is_demo, found.whole.attempts) == (False, 1)
    assert set(found.by_provider) == {"demo", "scripted"}
    assert measured(model, provider="demo").whole.attempts == 1


def test_percentiles_are_right_to_within_five_percent_however_they_are_added(
    model: Model, alice: User
) -> None:
    waits = [0.05 * 1.2**n for n in range(40)]
    for n, wait in enumerate(waits):
        called(model, alice, NOW - timedelta(hours=n % 30), wait=wait)
    rollups.close_hours()

    whole = measured(model).whole

    assert whole.wait(0.5) == pytest.approx(waits[19], rel=0.05)
    assert whole.wait(0.95) == pytest.approx(waits[37], rel=0.05)
    assert whole.speed(0.5) == pytest.approx(50, rel=0.05)
    assert steps.percentile({}, 0.5) is None


@pytest.mark.parametrize("unit", ["hour", "day", "month"])
def test_what_was_added_up_and_what_is_live_is_the_same(
    model: Model, alice: User, unit: str, settings: Any
) -> None:
    settings.BUDGET_TIME_ZONE = "Asia/Kolkata"  # whose hours begin at half past
    for n in range(60):
        called(model, alice, NOW - timedelta(hours=13 * n, minutes=7 * n), provider="ab"[n % 2])
    live = measured(model, unit)

    rollups.close_hours()

    closed = measured(model, unit)
    assert Measure.objects.filter(unit="day").count() > 20
    assert closed == live
    assert sum(one.attempts for one in live.by_period) == live.whole.attempts


def test_repeating_and_remaking_change_nothing(model: Model, alice: User) -> None:
    for n in range(10):
        called(model, alice, NOW - timedelta(hours=9 * n))
    rollups.close_hours()
    before = measured(model)

    rollups.close_hours()
    call_command("remake_measures", verbosity=0)

    assert measured(model) == before


def test_a_cost_that_is_stated_later_and_an_answer_that_ends_later_are_added(
    model: Model, alice: User
) -> None:
    late = called(model, alice, NOW - timedelta(hours=20), source=CostSource.ESTIMATED)
    slow = called(model, alice, NOW - timedelta(hours=2))
    Attempt.objects.filter(pk=slow.pk).update(finished_at=None)
    rollups.close_hours()
    Attempt.objects.filter(pk=late.pk).update(cost=Decimal(1), cost_source=CostSource.LOOKED_UP)
    Attempt.objects.filter(pk=slow.pk).update(finished_at=NOW)

    rollups.close_hours()

    whole = measured(model).whole
    assert (whole.attempts, whole.estimated) == (2, Decimal(0))
    assert whole.cost == Decimal("1.000662")


def test_days_follow_the_time_zone(model: Model, alice: User, settings: Any) -> None:
    called(model, alice, datetime(2026, 11, 25, 23, 30, tzinfo=UTC))
    rollups.close_hours()
    settings.BUDGET_TIME_ZONE = "Europe/Berlin"

    rollups.close_hours()

    found = measured(model)
    days = [
        found.periods.name(start)
        for start, one in zip(found.periods.starts, found.by_period, strict=True)
        if one.attempts
    ]
    assert days == ["Thu 26 Nov"]


def test_a_conversation_that_is_deleted_stays_measured(model: Model, alice: User) -> None:
    called(model, alice, NOW - timedelta(days=3))
    rollups.close_hours()
    Conversation.objects.all().delete()

    rollups.close_hours()

    assert measured(model).whole.attempts == 1


def test_the_page_says_in_a_sentence_what_was_read_written_and_paid(
    page: Client, model: Model, alice: User
) -> None:
    called(model, alice)

    text = page.get(PAGE).text

    assert (
        "DeepSeek V4 Flash read 1k tokens and wrote 101 here in the last 30 days, at $0.601 per 1M." in text
    )
    assert "Mostly rereading here: 60 % came from the cache" in text
    assert "1 call." in text


def test_an_estimate_within_a_sum_is_marked(page: Client, model: Model, alice: User) -> None:
    called(model, alice, status=Status.STOPPED, source=CostSource.ESTIMATED)

    assert "at ≈\N{NO-BREAK SPACE}$0.601 per 1M." in page.get(PAGE).text


def test_hours_days_months_and_one_provider_stand_in_the_address(
    page: Client, model: Model, alice: User
) -> None:
    Provider.objects.create(
        slug="second", kind="openai-compatible", name="Second", base_url="http://127.0.0.1:8/v1"
    )
    called(model, alice)
    called(model, alice, NOW - timedelta(days=2), provider="second")
    called(model, alice, NOW - timedelta(days=90))

    def names(query: str) -> list[str]:
        return [row["name"] for row in page.get(f"{PAGE}?{query}").context["rows"]]

    assert names("by=hour") == ["Thu 12:00"]
    assert names("by=day") == ["Thu 26 Nov", "Tue 24 Nov"]
    assert names("by=month") == ["November 2026", "August 2026"]
    assert names("by=day&provider=second") == ["Tue 24 Nov"]
    assert "Second" in page.get(PAGE).text


def test_earlier_periods_are_a_link_away_and_lead_back(page: Client, model: Model, alice: User) -> None:
    called(model, alice)
    called(model, alice, NOW - timedelta(days=40))
    rollups.close_hours()

    def calls(address: str) -> list[str]:
        return [f"{row['name']}: {row['attempts']}" for row in page.get(PAGE + address).context["rows"]]

    now = page.get(PAGE)
    earlier = page.get(PAGE + now.context["turns"]["before"])

    assert (now.context["turns"]["after"], calls("")) == ("", ["Thu 26 Nov: 1"])
    assert now.context["turns"]["before"] == "?by=day&day=2026-10-27"
    assert "wrote 101 here in the 30 days up to 27 October 2026" in earlier.text
    assert calls("?by=day&day=2026-10-27") == ["Sat 17 Oct: 1"]
    assert calls("?by=hour&day=2026-10-17") == ["Sat 12:00: 1"]
    assert calls("?by=month&day=2026-10-02") == ["October 2026: 1"]
    assert calls("?by=day&day=2026-11-26") == ["Thu 26 Nov: 1"]
    assert earlier.context["turns"]["after"] == "?by=day"
    for wrong in ("2026-11-27", "2019-12-31", "soon"):
        assert page.get(f"{PAGE}?day={wrong}").status_code == 404


def test_teams_and_sums_of_money_are_for_administrators(
    page: Client, office: Client, model: Model, alice: User
) -> None:
    legal = Team.objects.create(name="Legal")
    called(model, alice, team=legal, cost="7.5", prompt_tokens=9000)
    called(
        model,
        alice,
        NOW - timedelta(days=2),
        prompt_tokens=10,
        cached_tokens=0,
        completion_tokens=1,
        reasoning_tokens=0,
    )
    called(model, alice, NOW - timedelta(days=4), team=Team(pk=uuid.uuid4()))
    rollups.close_hours()

    seen, hidden = office.get(PAGE), page.get(PAGE)

    rows = [(row["name"], row["attempts"], row["cost"]) for row in seen.context["teams"]]
    assert rows[0] == ("Legal", "1", "$7.50")
    assert {row[0] for row in rows} == {"Legal", "a team that is gone", "no team: people’s own budgets"}
    assert "$7.5" in seen.text
    assert "Legal" not in hidden.text
    assert "$7.5" not in hidden.text
    assert ">Written</th>" in hidden.text
    assert ">Cost</th>" in seen.text
    assert ">Cost</th>" not in hidden.text


def test_the_same_stands_in_a_file_and_what_was_paid_is_for_administrators(
    page: Client, office: Client, model: Model, alice: User
) -> None:
    called(model, alice)

    plain, whole = (
        list(csv.DictReader(b"".join(client.get(f"{PAGE}measured.csv?by=day")).decode().splitlines()))
        for client in (page, office)
    )

    assert plain[0]["calls"] == "1"
    assert plain[0]["from"] == "2026-11-26T00:00:00+00:00"
    assert float(plain[0]["first token p50 s"]) == pytest.approx(1, rel=0.05)
    assert plain[0]["tokens read"] == whole[0]["tokens read"] == "1000"
    assert "dollars" not in plain[0]
    assert whole[0]["dollars"] == "0.000662000000"
