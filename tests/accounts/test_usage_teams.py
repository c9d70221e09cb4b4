"""Teams and requests: who may see and decide what."""

from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertInHTML

from accounts import budgets
from accounts.actions import budgets as budget_actions
from accounts.actions import requests
from accounts.models import BudgetRequest, CostSource, Membership, RequestState, Scope, Team, User
from accounts.usage.asked import waiting_words
from conversations.actions import catalogue
from tests.accounts import books
from tests.accounts.test_usage import spend
from tests.conftest import ClientFor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]


@pytest.fixture
def legal(bob: User, alice: User) -> Team:
    """Bob manages it, Alice belongs to it."""
    team = Team.objects.create(name="Legal")
    Membership.objects.create(team=team, user=bob, is_manager=True)
    Membership.objects.create(team=team, user=alice)
    return team


@pytest.fixture
def office(admin: User, client_for: ClientFor) -> Client:
    return client_for(admin)


@pytest.fixture
def asked(alice: User, legal: Team) -> BudgetRequest:
    books.limit_person(alice, "5")
    return requests.ask_for_more(user=alice, amount=Decimal(2), reason="Board on Friday", team=legal)


def test_an_administrator_makes_a_team_and_fills_it(office: Client, alice: User) -> None:
    office.post("/teams/new/", {"name": "Research"})
    team = Team.objects.get(name="Research")
    office.post(f"/teams/{team.pk}/members/", {"email": "ALICE@example.org", "is_manager": "on"})
    office.post(f"/teams/{team.pk}/rename/", {"name": "Search"})

    assert Membership.objects.filter(team=team, user=alice, is_manager=True).exists()
    assert "Search" in office.get("/teams/").text


def test_a_team_is_called_once(office: Client, legal: Team) -> None:
    answer = office.post("/teams/new/", {"name": "Legal"})

    assert answer.status_code == 422
    assert "There is a team called Legal already." in answer.text


def test_nobody_joins_by_an_unknown_address(office: Client, legal: Team) -> None:
    answer = office.post(f"/teams/{legal.pk}/members/", {"email": "nobody@example.org"})

    assert answer.status_code == 422
    assert "Nobody here has this address." in answer.text


def test_members_are_made_managers_and_removed(office: Client, legal: Team, alice: User) -> None:
    office.post(f"/teams/{legal.pk}/members/{alice.pk}/", {"act": "manager"})
    assert Membership.objects.get(team=legal, user=alice).is_manager

    office.post(f"/teams/{legal.pk}/members/{alice.pk}/", {"act": "remove"})
    assert not Membership.objects.filter(team=legal, user=alice).exists()


def test_a_manager_sees_what_the_team_spent_and_not_what_else_people_did(
    legal: Team, alice: User, bob: User, client_for: ClientFor
) -> None:
    spend(alice, "1.5", team=legal)
    spend(alice, "40")

    answer = client_for(bob).get(f"/teams/{legal.pk}/")

    assert [(row["name"], row["cost"]) for row in answer.context["people"]] == [("Alice", "$1.50")]
    assert "$40" not in answer.text


def test_a_teams_sums_that_hold_an_estimate_say_so(legal: Team, alice: User, office: Client) -> None:
    spend(alice, "1.5", team=legal, source=CostSource.ESTIMATED)

    teams, team = office.get("/teams/"), office.get(f"/teams/{legal.pk}/")
    budget, people = office.get(f"/budgets/team/{legal.pk}/"), office.get("/people/")

    assert teams.context["rows"][0]["spent"] == "≈\N{NO-BREAK SPACE}$1.50"
    assert team.context["opening"].endswith("so far: ≈\N{NO-BREAK SPACE}$1.50.")
    assert budget.context["opening"].endswith("so far: ≈\N{NO-BREAK SPACE}$1.50.")
    assert "so far: ≈\N{NO-BREAK SPACE}$1.50" in people.context["opening"]
    assert [row.spent for row in (*team.context["windows"], *budget.context["windows"])] == [
        "≈\N{NO-BREAK SPACE}$1.50"
    ] * 2
    assert {row.user.pk: row.spent for row in people.context["rows"]}[alice.pk] == "≈\N{NO-BREAK SPACE}$1.50"


def test_other_teams_do_not_exist_for_a_manager(legal: Team, bob: User, client_for: ClientFor) -> None:
    other = Team.objects.create(name="Research")

    assert client_for(bob).get(f"/teams/{other.pk}/").status_code == 404
    assert [row["team"] for row in client_for(bob).get("/teams/").context["rows"]] == [legal]


@pytest.mark.parametrize("page", ["/teams/", "/teams/{team}/", "/requests/"])
def test_a_member_sees_none_of_it(page: str, legal: Team, alice: User, client_for: ClientFor) -> None:
    assert client_for(alice).get(page.format(team=legal.pk)).status_code == 404


@pytest.mark.parametrize("act", ["rename/", "members/", "members/{user}/"])
def test_a_manager_changes_no_membership(
    act: str, legal: Team, alice: User, bob: User, client_for: ClientFor
) -> None:
    url = f"/teams/{legal.pk}/{act.format(user=alice.pk)}"

    answer = client_for(bob).post(url, {"name": "X", "email": "admin@example.org", "act": "remove"})

    assert answer.status_code == 404
    assert Membership.objects.filter(team=legal).count() == 2


def test_an_administrator_gives_less_than_was_asked_for_with_a_word(
    office: Client, asked: BudgetRequest, alice: User, client_for: ClientFor
) -> None:
    office.post(f"/requests/{asked.pk}/decide/", {"act": "approve", "amount": "1", "note": "Until Monday."})

    assert budgets.left_for(alice).limit == Decimal(6)
    page = client_for(alice).get("/usage/").text
    assert "$1.00 given" in page
    assert "Until Monday." in page


def test_a_manager_gives_out_of_the_teams_budget_and_no_more(
    asked: BudgetRequest, legal: Team, alice: User, bob: User, client_for: ClientFor
) -> None:
    budget_actions.set_budget(actor=None, scope=Scope.TEAM, scope_id=legal.pk, limit=Decimal(3))
    manager = client_for(bob)

    refused = manager.post(f"/requests/{asked.pk}/decide/", {"act": "approve", "amount": "4", "note": ""})
    given = manager.post(f"/requests/{asked.pk}/decide/", {"act": "approve", "amount": "3", "note": ""})

    assert (refused.status_code, given.status_code) == (422, 302)
    assert "Legal has $3.00 left to give." in refused.text
    assert budgets.left_for(alice).limit == Decimal(8)


def test_a_request_is_declined_with_a_word_that_its_person_reads(
    office: Client, asked: BudgetRequest, alice: User, client_for: ClientFor
) -> None:
    said = office.post(
        f"/requests/{asked.pk}/decide/", {"act": "decline", "note": "Next month."}, follow=True
    )

    asked.refresh_from_db()
    assert (asked.state, asked.note) == (RequestState.DECLINED, "Next month.")
    assert "Next month." in office.get("/requests/").text
    assert "Declined: Alice reads so under My usage." in said.text
    assert "declined: “Next month.”" in client_for(alice).get("/usage/").text


def test_on_every_page_administrators_alone_read_that_somebody_asks_until_it_is_answered(
    office: Client, asked: BudgetRequest, alice: User, bob: User, client_for: ClientFor
) -> None:
    catalogue.seed_catalogue()
    told = '<a class="menu__row" href="/requests/">Requests <span class="sidebar__word">1 asks for more</span></a>'

    for page in ("/", "/usage/", "/spend/"):
        assertInHTML(told, office.get(page).text)
    for person in (alice, bob):
        assert "1 asks for more" not in client_for(person).get("/").text

    office.post(f"/requests/{asked.pk}/decide/", {"act": "decline", "note": ""})
    assert "asks for more" not in office.get("/").text


def test_several_who_ask_are_counted_in_one_query(
    asked: BudgetRequest,
    admin: User,
    alice: User,
    bob: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    books.limit_person(bob, "5")
    requests.ask_for_more(user=bob, amount=Decimal(2), reason="Board on Friday")

    with django_assert_num_queries(1):
        assert waiting_words(admin) == "2 ask for more"
    with django_assert_num_queries(0):
        assert waiting_words(alice) == ""


def test_it_is_decided_once(office: Client, asked: BudgetRequest, alice: User) -> None:
    for _ in range(2):
        answer = office.post(f"/requests/{asked.pk}/decide/", {"act": "approve", "note": ""}, follow=True)

    assert "Somebody else has decided this request already." in answer.text
    assert budgets.left_for(alice).limit == Decimal(7)


def test_nobody_decides_who_does_not_manage_the_team(
    asked: BudgetRequest, charlie: User, alice: User, client_for: ClientFor
) -> None:
    other = Team.objects.create(name="Research")
    Membership.objects.create(team=other, user=charlie, is_manager=True)

    for person in (charlie, alice):
        answer = client_for(person).post(f"/requests/{asked.pk}/decide/", {"act": "approve", "note": ""})
        assert answer.status_code == 404
    asked.refresh_from_db()
    assert asked.state == RequestState.OPEN
