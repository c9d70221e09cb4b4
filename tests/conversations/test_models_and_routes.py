"""The list of models and the routes to them: administrators add, order, switch off; every change is written down."""

from decimal import Decimal

import pytest
from django.test import Client

from accounts.actions import prices
from accounts.models import AuditEntry, User
from conversations.models import Conversation, Model, Provider, ProviderKind, Route
from tests.conftest import ClientFor

PAGE = "/providers/models/"
MODEL = {
    "name": "Qwen 3",
    "short_name": "Qwen",
    "context_window": "131,072",
    "efforts": ["off", "high"],
    "default_effort": "high",
}


@pytest.fixture
def office(client_for: ClientFor, admin: User) -> Client:
    return client_for(admin)


@pytest.fixture
def other(model: Model) -> Route:
    """A second way to the model, with a price."""
    provider = Provider.objects.create(
        slug="second", kind=ProviderKind.COMPATIBLE, name="Second", base_url="http://127.0.0.1:8/v1"
    )
    prices.set_price(
        actor=None,
        provider="second",
        upstream_model="v4",
        input=Decimal(1),
        cache_read=None,
        output=Decimal(1),
        source="test",
    )
    return Route.objects.create(model=model, provider=provider, upstream_model="v4", order=2)


def order_of(model: Model) -> list[str]:
    return [route.provider.slug for route in model.routes.order_by("order").select_related("provider")]


def run_as(model: Model, other: Model) -> None:
    """Whoever runs the other model runs this one too, at its price."""
    route = other.routes.get()
    Route.objects.create(model=model, provider=route.provider, upstream_model=route.upstream_model)


def ask(client: Client, client_id: str = "c" * 12) -> int:
    headers = {"Accept": "application/json"}
    form = {"text": "Hello", "client_id": client_id}
    return client.post("/conversations/", form, headers=headers).status_code


def test_members_find_no_such_page_and_can_do_none_of_it(
    client_for: ClientFor, alice: User, model: Model, other: Route
) -> None:
    member = client_for(alice)
    acts = [
        member.get(PAGE),
        member.get(f"{PAGE}new/"),
        member.post(f"{PAGE}new/", MODEL),
        member.get(f"{PAGE}{model.pk}/"),
        member.post(f"{PAGE}{model.pk}/off/"),
        member.post(f"{PAGE}{model.pk}/routes/", {"provider": other.provider_id, "upstream_model": "x"}),
        *(
            member.post(f"/providers/routes/{other.pk}/{act}/")
            for act in ("up", "down", "off", "remove", "name")
        ),
    ]

    assert {answer.status_code for answer in acts} == {404}
    assert order_of(model) == ["scripted", "second"]
    assert not AuditEntry.objects.filter(actor_id=alice.pk).exists()


def test_a_route_moves_up_and_down_and_is_asked_first_from_then_on(
    office: Client, model: Model, other: Route
) -> None:
    moved = office.post(f"/providers/routes/{other.pk}/up/", follow=True)
    assert order_of(model) == ["second", "scripted"]
    assert "Second is tried earlier." in moved.text
    office.post(f"/providers/routes/{other.pk}/up/")
    assert order_of(model) == ["second", "scripted"]

    assert ask(office) == 201
    assert Conversation.objects.get().generations.get().provider == "second"

    office.post(f"/providers/routes/{other.pk}/down/")
    assert order_of(model) == ["scripted", "second"]
    moves = AuditEntry.objects.filter(action="route.moved")
    assert [entry.after["order"] for entry in moves.order_by("created_at")] == [
        ["second", "scripted"],
        ["scripted", "second"],
    ]


def test_a_route_that_is_switched_off_is_passed_over_and_what_follows_is_said_before(
    office: Client, model: Model, other: Route
) -> None:
    first = model.routes.get(provider__slug="scripted")
    assert "New messages go to Second from then on." in office.get(PAGE).text

    office.post(f"/providers/routes/{first.pk}/off/")

    assert ask(office) == 201
    assert Conversation.objects.get().generations.get().provider == "second"
    assert "It is the only one, so nobody can ask DeepSeek V4 Flash" in office.get(PAGE).text
    office.post(f"/providers/routes/{other.pk}/off/")
    assert "Nobody answers for DeepSeek V4 Flash at present." in office.get(PAGE).text
    assert ask(office, "e" * 12) == 422
    actions = AuditEntry.objects.filter(action="route.switched_off")
    assert actions.count() == 2


def test_a_route_is_added_after_the_others_once(office: Client, model: Model) -> None:
    provider = Provider.objects.create(
        slug="third", kind="openrouter", name="Third", base_url="https://t.example"
    )
    form = {"provider": str(provider.pk), "upstream_model": "lab/v4"}

    office.post(f"{PAGE}{model.pk}/routes/", form)
    again = office.post(f"{PAGE}{model.pk}/routes/", form)

    assert order_of(model) == ["scripted", "third"]
    assert again.status_code == 422
    assert "no price yet" in office.get(PAGE).text
    assert AuditEntry.objects.filter(action="route.added").count() == 1


def test_another_name_there_needs_its_own_price(office: Client, model: Model, other: Route) -> None:
    page = office.post(f"/providers/routes/{other.pk}/name/", {"upstream_model": "v4-new"}, follow=True)

    other.refresh_from_db()
    assert other.upstream_model == "v4-new"
    assert "Passed over until it has a price." in page.text


def test_what_the_environment_states_is_read_only(office: Client, model: Model, other: Route) -> None:
    Route.objects.filter(pk=other.pk).update(is_from_environment=True)

    removed = office.post(f"/providers/routes/{other.pk}/remove/", follow=True)
    office.post(f"/providers/routes/{other.pk}/name/", {"upstream_model": "x"})

    assert "set by the server&#x27;s environment" in removed.text
    other.refresh_from_db()
    assert other.upstream_model == "v4"


def test_a_model_is_added_changed_and_made_the_default(office: Client, model: Model) -> None:
    page = office.post(f"{PAGE}new/", MODEL, follow=True)
    added = Model.objects.get(slug="qwen-3")
    assert (added.context_window, added.efforts) == (131_072, ["off", "high"])
    assert "Qwen 3 is added. Now say who runs it." in page.text

    twin = office.post(f"{PAGE}new/", MODEL | {"name": "qwen 3"})
    assert (twin.status_code, "Another model has this name already." in twin.text) == (422, True)

    office.post(f"{PAGE}{added.pk}/", MODEL | {"short_name": "Q3", "efforts": []})
    refused = office.post(f"{PAGE}{added.pk}/default/", follow=True).text
    assert "Nobody who has a price answers for it yet" in refused
    assert "Use for new conversations" not in refused
    run_as(added, model)
    assert "Use for new conversations" in office.get(PAGE).text
    office.post(f"{PAGE}{added.pk}/default/")
    added.refresh_from_db()
    assert (added.short_name, added.efforts, added.is_default) == ("Q3", [], True)
    made = AuditEntry.objects.filter(action__startswith="model.").order_by("created_at")
    assert [entry.action for entry in made] == ["model.added", "model.changed", "model.default"]


def test_what_is_missing_in_a_model_is_said_and_kept_for_mending(office: Client, model: Model) -> None:
    page = office.post(f"{PAGE}new/", MODEL | {"context_window": "many", "default_effort": "max"})

    assert page.status_code == 422
    assert 'value="Qwen 3"' in page.text
    assert "Choose one of those it can be asked for." in page.text


def test_the_default_is_not_switched_off_and_another_one_refuses_with_a_reason(
    office: Client, model: Model
) -> None:
    refused = office.post(f"{PAGE}{model.pk}/off/", follow=True)
    assert "Make another one the default first." in refused.text

    assert ask(office) == 201
    office.post(f"{PAGE}new/", MODEL)
    another = Model.objects.get(slug="qwen-3")
    run_as(another, model)
    office.post(f"{PAGE}{another.pk}/default/")
    office.post(f"{PAGE}{model.pk}/off/")

    conversation = Conversation.objects.get()
    conversation.generations.update(status="done")
    answer = office.post(
        f"/conversations/{conversation.pk}/messages/",
        {"text": "More", "client_id": "d" * 12, "after": str(conversation.tip_id)},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 422
    assert "DeepSeek V4 Flash is switched off, so nothing was sent." in answer.json()["error"]["message"]


def test_a_model_that_was_talked_with_stays_and_an_unused_one_can_go(office: Client, model: Model) -> None:
    assert ask(office) == 201
    office.post(f"{PAGE}new/", MODEL)
    unused = Model.objects.get(slug="qwen-3")
    run_as(unused, model)
    office.post(f"{PAGE}{unused.pk}/default/")

    kept = office.post(f"{PAGE}{model.pk}/remove/", follow=True)
    office.post(f"{PAGE}{model.pk}/default/")
    office.post(f"{PAGE}{unused.pk}/remove/")

    assert "Conversations were held with DeepSeek V4 Flash, so it stays." in kept.text
    assert list(Model.objects.values_list("slug", flat=True)) == ["deepseek-v4-flash"]


def test_a_route_gets_its_price_beside_it(office: Client, model: Model, other: Route) -> None:
    office.post(f"/providers/routes/{other.pk}/name/", {"upstream_model": "v4-new"})
    page = office.get(PAGE).text
    assert 'name="upstream_model" value="v4-new"' in page
    assert "/prices/edit/?provider=second&amp;model=v4-new" in page

    price = {"provider": "second", "upstream_model": "v4-new", "input": "1", "output": "2", "next": PAGE}
    done = office.post("/prices/", price, follow=True)

    assert "Passed over until it has a price." not in done.text


def test_whether_a_model_may_use_tools_is_an_administrators_switch(office: Client, model: Model) -> None:
    form = {**MODEL, "name": model.name, "short_name": model.short_name}

    def takes_tools(**ticked: str) -> bool:
        office.post(f"{PAGE}{model.pk}/", form | ticked)
        return Model.objects.get(pk=model.pk).takes_tools

    assert model.takes_tools  # it is known to call functions
    assert [takes_tools(), takes_tools(takes_tools="on")] == [False, True]
    last = AuditEntry.objects.filter(action="model.changed").latest("id")
    assert (last.before["takes_tools"], last.after["takes_tools"]) == (False, True)
