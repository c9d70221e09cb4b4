"""What administrators see of money: spending cut as they like, budgets, the books, prices, changes."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts import budgets, ledger, rollups
from accounts.actions import prices
from accounts.models import AuditEntry, Budget, BudgetRequest, CostSource, LedgerEntry, Team, User
from accounts.usage import facts
from accounts.usage import spend as cuts
from accounts.usage.facts import By, Span
from conversations.actions import catalogue
from tests.accounts import books
from tests.accounts.test_usage import NOW, spend, table
from tests.conftest import ClientFor

ZERO = uuid.UUID(int=0)
PAGES = [
    "/spend/",
    "/spend.csv",
    "/spend/books/",
    "/spend/changes/",
    "/prices/",
    "/requests/",
    "/teams/",
    f"/budgets/organisation/{ZERO}/",
]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _midday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office(admin: User, client_for: ClientFor) -> Client:
    return client_for(admin)


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_for_administrators(
    page: str, office: Client, charlie: User, client_for: ClientFor
) -> None:
    assert office.get(page).status_code == 200
    assert client_for(charlie).get(page).status_code == 404
    assert Client().get(page).status_code == 302


@pytest.mark.parametrize("act", ["limits", "grant"])
def test_nobody_else_changes_a_budget(act: str, charlie: User, client_for: ClientFor) -> None:
    url = f"/budgets/person/{charlie.pk}/{act}/"

    assert client_for(charlie).post(url, {"month": "100", "amount": "5"}).status_code == 404
    assert not Budget.objects.filter(scope_id=charlie.pk).exists()


def test_it_opens_with_the_month_and_lists_people_by_what_they_spent(
    office: Client, alice: User, bob: User
) -> None:
    books.limit_organisation("100")
    spend(alice, "1.25")
    spend(bob, "2")
    spend(bob, "0.5")

    answer = office.get("/spend/")

    assert "November so far: $3.75 of $100.00, by 2 people." in answer.text
    assert _rows(answer) == [("Bob", "2", "$2.50"), ("Alice", "1", "$1.25")]
    assert answer.context["total"]["cost"] == "$3.75"


def test_every_cut_adds_up_to_the_same(office: Client, alice: User, bob: User) -> None:
    legal = Team.objects.create(name="Legal")
    spend(alice, "1", team=legal)
    spend(alice, "2", model="pro", provider="routeway")
    spend(bob, "4", at=NOW - timedelta(days=3))

    cuts = {by: office.get(f"/spend/?by={by}") for by in ("person", "team", "model", "provider", "day")}

    assert {answer.context["total"]["cost"] for answer in cuts.values()} == {"$7.00"}
    assert [name for name, _, _ in _rows(cuts["team"])] == ["no team: people’s own budgets", "Legal"]
    assert [name for name, _, _ in _rows(cuts["day"])] == ["Thu 12 November", "Mon 9 November"]


def test_a_row_leads_on_to_its_next_cut(office: Client, alice: User, bob: User) -> None:
    spend(alice, "1")
    spend(alice, "2", model="pro")
    spend(bob, "4")

    (row,) = [row for row in office.get("/spend/").context["rows"] if row["name"] == "Alice"]
    answer = office.get(f"/spend/{row['url']}")

    assert _rows(answer) == [("pro", "1", "$2.00"), ("flash", "1", "$1.00")]
    assert "November 2026, Alice: $3.00." in answer.text
    assert answer.context["conditions"][0]["url"] == "?by=model&month=2026-11"


def test_models_and_providers_are_named_with_their_slugs_below(office: Client, alice: User) -> None:
    catalogue.default_model()
    spend(alice, "1", model="deepseek/deepseek-v4-flash")
    spend(alice, "0", provider="demo", model="deepseek-v4-flash")

    by_model = office.get("/spend/?by=model").context["rows"]
    by_provider = office.get("/spend/?by=provider").context["rows"]

    assert [(row["name"], row["slug"]) for row in by_model] == [
        ("DeepSeek V4 Flash", "deepseek/deepseek-v4-flash"),
        ("DeepSeek V4 Flash", "deepseek-v4-flash"),
    ]
    assert [(row["name"], row["cost"]) for row in by_provider] == [
        ("OpenRouter", "$1.00"),
        ("Demo", "demo price, not billed"),
    ]


def test_what_people_paid_themselves_is_a_cut_of_its_own(office: Client, alice: User) -> None:
    spend(alice, "1", team=Team.objects.create(name="Legal"))
    spend(alice, "2")

    answer = office.get(f"/spend/?by=person&team={ZERO}")

    assert answer.context["total"]["cost"] == "$2.00"


def test_beyond_the_dearest_rows_one_line_has_the_rest(
    office: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cuts, "MOST_ROWS", 2)
    for number in range(5):
        spend(alice, f"{number + 1}", model=f"model-{number}")

    answer = office.get("/spend/?by=model")

    assert [row["name"] for row in answer.context["rows"]] == ["model-4", "model-3"]
    assert (answer.context["rest"]["name"], answer.context["rest"]["cost"]) == ("3 more", "$6.00")
    assert len(table(office.get("/spend.csv?by=model"))) == 5


@pytest.mark.parametrize(
    "query", ["by=colour", "month=2027-01", "person=me", "day=2026-10-01&month=2026-11", "model=%00"]
)
def test_what_makes_no_sense_is_not_found(office: Client, query: str) -> None:
    assert office.get(f"/spend/?{query}").status_code == 404


def test_the_file_is_the_table_to_the_last_place(office: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(display_name="=Alice")
    spend(alice, "0.000000000003", source=CostSource.ESTIMATED)

    (row,) = table(office.get("/spend.csv?by=person"))

    assert (row["person"], row["dollars"], row["of these estimated"]) == (
        "'=Alice",
        "0.000000000003",
        "0.000000000003",
    )


def test_closing_days_changes_no_sum(alice: User, bob: User) -> None:
    legal = Team.objects.create(name="Legal")
    for days in range(5):
        spend(alice, f"0.{days + 1}", at=NOW - timedelta(days=days), tokens=(900, 300, 50, 20))
        spend(bob, "0.07", at=NOW - timedelta(days=days), team=legal, source=CostSource.ESTIMATED)
    span = Span((NOW - timedelta(days=10)).date(), NOW.date())
    cuts = [(By.DAY,), (By.PERSON, By.TEAM), (By.MODEL, By.PROVIDER), ()]
    live = [_plain(facts.sums(*cut, span=span)) for cut in cuts]

    rollups.close_days()

    assert [_plain(facts.sums(*cut, span=span)) for cut in cuts] == live


def test_a_reply_booked_late_is_counted_on_its_day(alice: User) -> None:
    generation = uuid.uuid4()
    day = NOW - timedelta(days=2)
    attempt = spend(alice, "0.2", at=day, source=CostSource.ESTIMATED, generation_id=generation)
    rollups.close_days()

    ledger.correct(
        attempt_id=attempt, generation_id=generation, amount=Decimal("0.5"), source=CostSource.LOOKED_UP
    )

    (found,) = facts.sums(span=Span(day.date(), day.date()))
    assert (found.spent, found.estimated) == (Decimal("0.5"), Decimal(0))


def test_limits_over_every_window_are_set_at_once(office: Client, admin: User, alice: User) -> None:
    url = f"/budgets/person/{alice.pk}/"
    office.post(f"{url}limits/", {"day": "1", "week": "3", "month": "10", "total": ""})

    office.post(f"{url}limits/", {"day": "5", "week": "5", "month": "20", "total": "50", "note": "More work"})

    limits = Budget.objects.filter(scope_id=alice.pk).values_list("window", "limit")
    assert dict(limits) == {
        "day": Decimal(5),
        "week": Decimal(5),
        "month": Decimal(20),
        "total": Decimal(50),
    }
    assert AuditEntry.objects.filter(action="budget.set", actor_id=admin.pk, note="More work").count() == 4


def test_limits_shrink_together_too(office: Client, alice: User) -> None:
    url = f"/budgets/person/{alice.pk}/limits/"
    office.post(url, {"day": "5", "week": "5", "month": "20", "total": "50"})

    assert office.post(url, {"day": "1", "week": "2", "month": "3", "total": "4"}).status_code == 302

    assert budgets.limit_of(alice) == Decimal(3)


def test_limits_that_contradict_each_other_change_nothing(office: Client, alice: User) -> None:
    url = f"/budgets/person/{alice.pk}/limits/"

    answer = office.post(url, {"day": "5", "month": "3"})

    assert answer.status_code == 422
    assert "The shorter one may not have more." in answer.text
    assert not Budget.objects.filter(scope_id=alice.pk).exists()


def test_more_is_given_with_a_reason_and_only_once(office: Client, admin: User, alice: User) -> None:
    books.limit_person(alice, "5")
    given = {
        "act": "give",
        "amount": "2",
        "window": "month",
        "note": "Board on Friday",
        "grant_id": str(uuid.uuid4()),
    }

    for _ in range(2):
        office.post(f"/budgets/person/{alice.pk}/grant/", given)

    assert budgets.left_for(alice).limit == Decimal(7)
    entry = LedgerEntry.objects.get(kind="grant")
    assert (entry.amount, entry.note) == (Decimal(2), "Board on Friday")
    assert AuditEntry.objects.filter(action="budget.granted", actor_id=admin.pk).exists()


def test_without_a_reason_nothing_is_given(office: Client, alice: User) -> None:
    books.limit_person(alice, "5")

    answer = office.post(
        f"/budgets/person/{alice.pk}/grant/", {"act": "give", "amount": "2", "window": "month", "note": " "}
    )

    assert answer.status_code == 422
    assert not LedgerEntry.objects.filter(kind="grant").exists()


def test_no_more_is_taken_off_than_there_is(office: Client, alice: User) -> None:
    books.limit_person(alice, "5")

    answer = office.post(
        f"/budgets/person/{alice.pk}/grant/",
        {"act": "deduct", "amount": "9", "window": "month", "note": "Typing error"},
    )

    assert answer.status_code == 422
    assert "At most $5.00 can be taken off." in answer.text
    assert budgets.left_for(alice).limit == Decimal(5)


def test_who_is_exempt_has_no_limit_and_is_recorded(office: Client, alice: User) -> None:
    books.limit_person(alice, "5")

    office.post(f"/budgets/person/{alice.pk}/exceptions/", {"is_exempt": "on", "most_parallel": "9"})
    spend(alice, "7")

    alice.refresh_from_db()
    assert (alice.is_exempt, alice.most_parallel) == (True, 9)
    assert _rows(office.get("/spend/")) == [("Alice", "1", "$7.00")]


def test_the_books_tell_what_is_held_and_for_how_long(office: Client, alice: User) -> None:
    ledger.hold(
        generation_id=uuid.uuid4(), user=alice, bound=books.bound("0.4"), at=NOW - timedelta(minutes=7)
    )

    (hold,) = office.get("/spend/books/").context["holds"]

    assert (hold.person, hold.amount, hold.age, hold.is_old) == ("Alice", "$0.40", "7 min", False)


def test_the_books_list_what_was_billed_beyond_its_hold(office: Client, alice: User) -> None:
    spend(alice, "0.25")  # held for nothing

    (over,) = office.get("/spend/books/").context["overs"]

    assert (over.person, over.over) == ("Alice", "$0.250")


def test_the_books_compare_the_providers_figures_with_our_prices(office: Client, alice: User) -> None:
    # At our prices 1M tokens read cost $1 and 100,000 written $0.20.
    spend(alice, "1.32", tokens=(1_000_000, 0, 100_000, 0))
    spend(alice, "0.5", source=CostSource.PRICED)

    (row,) = office.get("/spend/books/").context["days"]

    assert (row.booked, row.stated, row.by_our_prices, row.priced) == ("$1.82", "$1.32", "$1.20", "$0.500")
    assert (row.difference, row.is_wide) == ("+10.0 %", True)


def test_the_price_book_shows_what_was_in_force_when(office: Client, admin: User) -> None:
    for rate, days in (("0.10", 3), ("0.20", 0)):
        with time_machine.travel(NOW - timedelta(days=days), tick=False):
            prices.set_price(
                actor=admin,
                provider="mill",
                upstream_model="grinder",
                input=Decimal(rate),
                cache_read=None,
                output=Decimal(1),
                source="their page",
            )

    (book,) = [book for book in office.get("/prices/").context["books"] if book["provider"] == "mill"]

    assert [(row["when"], row["input"], row["is_in_force"], row["author"]) for row in book["rows"]] == [
        ("since 12 November 2026", "$0.20", True, "Admin"),
        ("9 November 2026 to 12 November 2026", "$0.10", False, "Admin"),
    ]


def test_the_price_book_calls_models_and_providers_by_name(office: Client) -> None:
    catalogue.default_model()
    prices.seed_prices()

    books = office.get("/prices/").context["books"]

    assert [(book["model_name"], book["provider_name"], book["upstream_model"]) for book in books] == [
        ("DeepSeek V4 Flash", "DeepSeek", "deepseek-flash"),
        ("DeepSeek V4 Flash", "DeepSeek", "deepseek-v4-flash"),
        ("DeepSeek V4 Flash", "Demo", "deepseek-v4-flash"),
        ("DeepSeek V4 Flash", "OpenRouter", "deepseek/deepseek-v4-flash"),
        ("DeepSeek V4 Flash", "Routeway", "deepseek-v4-flash"),
    ]


def test_changes_say_who_did_what(office: Client, admin: User, alice: User) -> None:
    office.post(f"/people/{alice.pk}/budget/", {"limit": "12", "note": "Trial"})

    answer = office.get("/spend/changes/")

    assert answer.context["rows"][0] | {"at": None} == {
        "at": None,
        "sentence": "Admin set the budget of Alice",
        "context": "each month",
        "before": "",
        "after": "limit $12.00",
        "note": "Trial",
    }


def test_changes_tell_a_grant_in_words(office: Client, alice: User) -> None:
    books.limit_person(alice, "5")
    given = {"act": "give", "amount": "2", "window": "month", "note": "Board on Friday"}
    office.post(f"/budgets/person/{alice.pk}/grant/", given)

    row = office.get("/spend/changes/").context["rows"][0]

    assert (row["sentence"], row["note"]) == ("Admin gave more to Alice", "Board on Friday")
    assert row["context"] == "for that month"
    assert row["after"] == "granted $2.00, until 1 December, 00:00 (UTC)"


def test_changes_tell_what_was_asked_for_once(office: Client, alice: User, client_for: ClientFor) -> None:
    books.limit_person(alice, "5")
    client_for(alice).post("/requests/ask/", {"amount": "2", "window": "month", "reason": "Why not"})
    client_for(alice).post(f"/requests/{BudgetRequest.objects.get().pk}/withdraw/")

    row = office.get("/spend/changes/").context["rows"][0]

    assert row["sentence"] == "Alice took back a request"
    assert row["before"] == "asked for $2.00, because: Why not, for that month"


def test_a_change_names_the_member_and_the_team_the_model_and_its_provider(
    office: Client, admin: User, alice: User
) -> None:
    catalogue.default_model()
    office.post("/teams/new/", {"name": "Legal: Berlin"})
    office.post(f"/teams/{Team.objects.get().pk}/members/", {"email": alice.email})
    hours = {"days": [0, 1, 2], "from": "01:00", "to": "04:00", "input": "2"}
    prices.set_price(
        actor=admin,
        provider="openrouter",
        upstream_model="deepseek/deepseek-v4-flash",
        input=Decimal(1),
        cache_read=None,
        output=Decimal(2),
        source="their page",
        bands=[hours],
    )

    rows = office.get("/spend/changes/").context["rows"]

    assert [row["sentence"] for row in rows] == [
        "Admin set the price of DeepSeek V4 Flash at OpenRouter",
        "Admin added Alice to Legal: Berlin",
        "Admin made the team Legal: Berlin",
    ]
    assert rows[0]["after"] == (
        "read new $1.00, written $2.00, peak hours Mon–Wed 01:00–04:00 UTC, billed: yes, source: their page"
    )


def _rows(answer: Any) -> list[tuple[str, str, str]]:
    return [(row["name"], row["replies"], row["cost"]) for row in answer.context["rows"]]


def _plain(found: list[facts.Sum]) -> list[Any]:
    """To the twelfth place, in one order."""
    pico = Decimal("1e-12")
    return sorted(
        (
            str(one.key),
            one.spent,
            one.replies,
            (one.prompt, one.cached, one.completion, one.reasoning),
            one.saved.quantize(pico),
            one.estimated,
            one.reported,
        )
        for one in found
    )
