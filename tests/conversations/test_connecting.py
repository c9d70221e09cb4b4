"""Connecting a provider: administrators only, sealed at rest, read-only where the environment sets it."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from accounts.actions import prices
from accounts.models import AuditEntry, User
from conversations import key_check, offers, seal
from conversations.actions import catalogue
from conversations.generation import routes
from conversations.models import Model, Provider, Route
from tests.conftest import ClientFor

KEY = "sk-or-v1-canary-5f1c"


def test_members_find_no_such_pages(client_for: ClientFor, alice: User, model: Model) -> None:
    member = client_for(alice)

    assert member.get("/providers/").status_code == 404
    assert member.get("/providers/connect/").status_code == 404
    assert member.post("/providers/connect/", {"kind": "openrouter", "api_key": KEY}).status_code == 404


def test_a_pasted_key_is_sealed_tested_before_use_and_never_shown_again(
    client_for: ClientFor, admin: User, model: Model
) -> None:
    page = client_for(admin).post(
        "/providers/connect/?next=/setup/budgets/",
        {"kind": "openrouter", "api_key": KEY, "next": "/setup/budgets/"},
        follow=True,
    )

    provider = Provider.objects.get(slug="openrouter")
    assert KEY not in provider.sealed_key
    assert seal.unseal(provider.sealed_key) == KEY
    assert not provider.is_enabled
    assert "Testing the key" in page.content.decode()
    everything = page.content.decode() + client_for(admin).get("/providers/").content.decode()
    assert "canary" not in everything
    assert "canary" not in str(list(AuditEntry.objects.values()))


def test_a_model_that_was_chosen_for_new_conversations_stays_so_at_the_next_start(model: Model) -> None:
    environment = replace(
        settings.ENVIRONMENT,
        compatible_base_url="http://127.0.0.1:9/v1",
        compatible_model="local-model",
    )
    Route.objects.all().delete()
    with override_settings(ENVIRONMENT=environment):
        catalogue.seed_catalogue()
        assert Model.objects.get(is_default=True).slug == "local-model"
        chosen = Model.objects.create(slug="chosen", name="Chosen", short_name="C", context_window=9_000)
        catalogue.make_default(chosen)

        catalogue.seed_catalogue()

    assert Model.objects.get(is_default=True) == chosen


@pytest.fixture
def demo_only(db: None) -> Model:
    """A first start: the demo stands in for the default model, and nobody else is connected."""
    with override_settings(ENVIRONMENT=replace(settings.ENVIRONMENT, demo_base_url="http://127.0.0.1:9/v1")):
        catalogue.seed_catalogue()
    return Model.objects.get(is_default=True)


def set_price(upstream_model: str, *, provider: str = "openai-compatible") -> None:
    nothing = Decimal(0)
    prices.set_price(
        actor=None,
        provider=provider,
        upstream_model=upstream_model,
        input=nothing,
        cache_read=nothing,
        output=nothing,
        source="test",
    )


def llama_at_another() -> Model:
    """A further model, which another server runs for no price yet."""
    llama = Model.objects.create(slug="llama", name="llama", short_name="llama", context_window=9_000)
    other = Provider.objects.create(
        slug="other", kind="openai-compatible", name="Other", base_url="http://b/v1"
    )
    Route.objects.create(model=llama, provider=other, upstream_model="llama")
    return llama


def connect_llama(client_for: ClientFor, admin: User, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page after "llama" was connected as an administrator does it, and the worker found that it works."""

    async def works(tested: Provider) -> str:
        return ""

    monkeypatch.setattr(key_check, "_fault_of", works)
    form = {"kind": "openai-compatible", "base_url": "http://127.0.0.1:9/v1", "upstream_model": "llama"}
    answer = client_for(admin).post("/providers/connect/", form)
    asyncio.run(key_check.check(Provider.objects.get(slug="openai-compatible").pk))
    return client_for(admin).get(answer["Location"]).text


@pytest.mark.django_db(transaction=True)
def test_the_first_model_that_is_connected_takes_over_from_the_demo(
    client_for: ClientFor, admin: User, demo_only: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_price("llama")

    page = connect_llama(client_for, admin, monkeypatch)

    assert Model.objects.get(is_default=True).slug == "llama"
    assert "New conversations use llama." in page
    assert "Set a price" not in page
    assert AuditEntry.objects.get(action="model.default").after == {"default": "llama"}


@pytest.mark.django_db(transaction=True)
def test_a_model_without_a_price_takes_over_only_once_it_has_one(
    client_for: ClientFor, admin: User, alice: User, demo_only: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = connect_llama(client_for, admin, monkeypatch)

    assert Model.objects.get(is_default=True) == demo_only
    assert "llama has no price yet" in page
    assert "As soon as it has one, new conversations use it. Until then they use DeepSeek V4 Flash." in page
    assert "Set a price" in page
    assert client_for(alice).get("/").context["missing_price"] is None  # the demo still answers

    check = f"/providers/{Provider.objects.get(slug='openai-compatible').pk}/check/?next=/setup/budgets/"
    assert f'name="next" value="{check}"' in client_for(admin).get(check).text
    rates = {"provider": "openai-compatible", "upstream_model": "llama", "input": "0", "output": "0"}
    page = client_for(admin).post("/prices/", rates | {"next": check}, follow=True).text

    assert Model.objects.get(is_default=True).slug == "llama"
    assert "New conversations use llama." in page
    assert AuditEntry.objects.get(action="model.default").after == {"default": "llama"}


@pytest.fixture
def unpriced(demo_only: Model) -> Provider:
    """A server that runs the demo's model too, and has no price."""
    provider = Provider.objects.create(
        slug="own",
        kind="openai-compatible",
        name="Own",
        base_url="http://127.0.0.1:9/v1",
        checked_at=timezone.now(),
    )
    Route.objects.create(model=demo_only, provider=provider, upstream_model="v4-flash", order=1)
    return provider


def test_the_demo_answers_until_somebody_else_who_runs_its_model_has_a_price(
    client_for: ClientFor, alice: User, admin: User, demo_only: Model, unpriced: Provider
) -> None:
    def asked() -> tuple[str, str]:
        """Who is asked for the next message, and what stands by the model for everybody."""
        page = client_for(alice).get("/").context
        models = client_for(alice).get("/models/").context["rows"]
        assert page["missing_price"] is None
        return page["model"]["provider"], "demo" if models[0]["is_demo"] else "priced"

    office = client_for(admin)
    check = f"/providers/{unpriced.pk}/check/"

    assert asked() == ("Demo", "demo")
    assert "As soon as it has one, it answers instead of the demo." in office.get(check).text
    assert "None of these can be asked now, so the demo answers" in office.get("/providers/models/").text

    set_price("v4-flash", provider="own")
    assert asked() == ("Own", "priced")
    assert "New conversations use DeepSeek V4 Flash." in office.get(check).text
    assert "None of these can be asked now" not in office.get("/providers/models/").text


@pytest.mark.parametrize(
    ("sealed", "sentence"), [("", "It answers without a key."), ("sealed", "It takes the key.")]
)
def test_a_server_that_was_given_no_key_is_not_said_to_take_one(
    client_for: ClientFor, admin: User, unpriced: Provider, sealed: str, sentence: str
) -> None:
    Provider.objects.filter(pk=unpriced.pk).update(sealed_key=sealed)

    page = client_for(admin).get(f"/providers/{unpriced.pk}/check/").text

    assert f"<p>{sentence}</p>" in page


def test_switching_off_the_only_one_leaves_the_demo_and_it_is_said_so_before(
    client_for: ClientFor, alice: User, admin: User, unpriced: Provider
) -> None:
    set_price("v4-flash", provider="own")
    office = client_for(admin)

    assert "It is the only one, so the demo answers from then on" in office.get("/providers/models/").text
    assert (
        "Nobody else runs DeepSeek V4 Flash, so the demo answers from then on"
        in office.get("/providers/").text
    )
    office.post(f"/providers/{unpriced.pk}/off/")

    assert client_for(alice).get("/").context["model"]["is_demo"]


def test_who_runs_the_demos_model_without_a_price_keeps_no_priced_model_from_taking_over(
    demo_only: Model, unpriced: Provider
) -> None:
    llama = llama_at_another()

    set_price("llama", provider="other")

    assert Model.objects.get(is_default=True) == llama


def test_a_price_makes_no_model_the_default_where_a_real_provider_answers(model: Model) -> None:
    llama_at_another()

    set_price("llama", provider="other")

    assert Model.objects.get(is_default=True) == model


def test_members_are_told_who_can_end_the_demo_and_how_much_its_model_reads(
    client_for: ClientFor, alice: User, demo_only: Model
) -> None:
    text = client_for(alice).get("/").text

    assert "An administrator can connect DeepSeek V4 Flash to get real answers." in text
    assert '<dd data-model="tokens">1M tokens</dd>' in text


@pytest.mark.django_db(transaction=True)
def test_a_default_that_a_real_provider_answers_for_stays(
    client_for: ClientFor, admin: User, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_price("llama")

    page = connect_llama(client_for, admin, monkeypatch)

    assert Model.objects.get(is_default=True) == model
    assert "llama can be picked for a conversation. New ones still use DeepSeek V4 Flash." in page


def test_the_address_that_failed_is_changed_with_all_else_kept(
    client_for: ClientFor, admin: User, model: Model
) -> None:
    office = client_for(admin)
    form = {"kind": "openai-compatible", "base_url": "https://a.example.org/v1", "upstream_model": "llama"}
    checked = office.post("/providers/connect/", form)["Location"]
    tried = timezone.now() - timedelta(minutes=4)
    Provider.objects.filter(slug="openai-compatible").update(checked_at=tried, check_fault="Not there.")

    page = office.get(checked, {"next": "/setup/budgets/"}).text
    key = Provider.objects.get(slug="openai-compatible").pk
    mended = office.get("/providers/connect/", {"from": str(key), "next": "/setup/budgets/"}).text

    assert "Last tried 4 min ago, at https://a.example.org/v1." in page
    assert f'href="/providers/connect/?from={key}&amp;next=/setup/budgets/">Change the address' in page
    assert 'value="https://a.example.org/v1"' in mended
    assert 'value="llama"' in mended
    assert f'href="/providers/{key}/#address">Change the address' in office.get(checked).text


def test_how_hard_to_think_is_offered_once_the_server_is_told_of_it(
    client_for: ClientFor, admin: User, model: Model
) -> None:
    office = client_for(admin)
    form = {"kind": "openai-compatible", "base_url": "http://127.0.0.1:9/v1", "upstream_model": "llama"}
    office.post("/providers/connect/", form)
    Provider.objects.update(is_enabled=True)
    llama, provider = Model.objects.get(slug="llama"), Provider.objects.get(slug="openai-compatible")

    assert offers.model_view(llama, None, "high")["efforts"] == []

    office.post(f"/providers/{provider.pk}/dialect/", {"effort": "chat_template_kwargs"})
    llama.refresh_from_db()

    offered = [one["value"] for one in offers.model_view(llama, None, "high")["efforts"]]
    assert offered == ["off", "low", "high", "max"]
    assert AuditEntry.objects.filter(action="model.changed", target="llama").count() == 1


def test_members_see_no_model_that_nobody_answers_for(
    client_for: ClientFor, admin: User, alice: User, model: Model
) -> None:
    form = {"kind": "openai-compatible", "base_url": "http://127.0.0.1:9/v1", "upstream_model": "llama"}
    client_for(admin).post("/providers/connect/", form)

    assert "llama" not in client_for(alice).get("/models/").text
    assert "nobody: its provider is not connected" in client_for(admin).get("/models/").text


def test_how_much_a_model_reads_is_called_assumed_until_somebody_states_it(
    client_for: ClientFor, admin: User, model: Model
) -> None:
    office = client_for(admin)
    form = {"kind": "openai-compatible", "base_url": "http://127.0.0.1:9/v1", "upstream_model": "llama"}
    office.post("/providers/connect/", form)
    Provider.objects.update(is_enabled=True)
    llama = Model.objects.get(slug="llama")
    described = {
        "name": "llama",
        "short_name": "llama",
        "context_window": "131,072",
        "default_effort": "high",
    }

    assert 'data-context="131k context (assumed)"' in office.get("/").text
    assert "llama is assumed to read up to 131,072 tokens at once" in office.get("/models/llama/").text
    assert "Assumed: nobody has said how much it reads." in office.get("/models/llama/").text
    assert "131k context (assumed)" in office.get("/providers/models/").text
    assert "saving states it" in office.get(f"/providers/models/{llama.pk}/").text

    office.post(f"/providers/models/{llama.pk}/", described)

    assert 'data-context="131k context"' in office.get("/").text
    assert "ssumed" not in office.get("/models/llama/").text


def test_a_new_key_leaves_the_routes_as_they_were_ordered(
    client_for: ClientFor, admin: User, model: Model
) -> None:
    administrator = client_for(admin)
    administrator.post("/providers/connect/", {"kind": "openrouter", "api_key": KEY})
    other = Model.objects.create(slug="m", name="M", short_name="M", context_window=9_000)
    provider = Provider.objects.get(slug="openrouter")
    Route.objects.create(model=other, provider=provider, upstream_model="lab/m", order=3)
    Route.objects.filter(model=model, provider=provider).update(order=77)

    administrator.post("/providers/connect/", {"kind": "openrouter", "api_key": KEY})

    kept = Route.objects.filter(provider=provider).order_by("order")
    assert [(route.upstream_model, route.order) for route in kept] == [
        ("lab/m", 3),
        ("deepseek/deepseek-v4-flash", 77),
    ]


def test_what_administrators_ordered_and_switched_off_outlives_the_next_start(db: None) -> None:
    stated = replace(settings.ENVIRONMENT, provider_keys={"openrouter": KEY})
    with override_settings(ENVIRONMENT=stated):
        catalogue.seed_catalogue()
        Route.objects.filter(provider__slug="openrouter").update(order=77, is_enabled=False)
        Provider.objects.filter(slug="openrouter").update(is_enabled=False)

        catalogue.seed_catalogue()

    route = Route.objects.select_related("provider").get(provider__slug="openrouter")
    assert (route.order, route.is_enabled, route.provider.is_enabled) == (77, False, False)
    assert route.is_from_environment


def test_a_key_that_was_pasted_never_goes_to_another_address_that_the_environment_states(
    client_for: ClientFor, admin: User, model: Model
) -> None:
    form = {"kind": "openai-compatible", "base_url": "https://a.example.org/v1", "upstream_model": "m"}
    client_for(admin).post("/providers/connect/", form | {"api_key": KEY})
    Provider.objects.filter(slug="openai-compatible").update(pending_key=seal.seal(KEY))

    for address in ("https://a.example.org/v1", "https://b.example.org/v1"):
        stated = replace(settings.ENVIRONMENT, compatible_base_url=address, compatible_model="m")
        with override_settings(ENVIRONMENT=stated):
            catalogue.seed_catalogue()
            provider = Provider.objects.get(slug="openai-compatible")
            key = routes.endpoint_of(provider).api_key

        assert key == (KEY if address.startswith("https://a.") else "")
    assert (provider.sealed_key, provider.pending_key) == ("", "")


def test_an_unknown_models_server_gets_a_model_of_its_own(
    client_for: ClientFor, admin: User, model: Model
) -> None:
    client_for(admin).post(
        "/providers/connect/",
        {
            "kind": "openai-compatible",
            "base_url": "http://litellm:4000/v1/",
            "upstream_model": "qwen/qwen3",
        },
    )

    assert Route.objects.get(upstream_model="qwen/qwen3").model.slug == "qwen-qwen3"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kind": "openrouter"}, "Paste the key."),
        ({"kind": "openai-compatible", "upstream_model": "x"}, "Enter the server"),
        ({"kind": "openai-compatible", "base_url": "https://llm.example.org/v1"}, "Enter what the model"),
        ({"kind": "demo", "api_key": "x"}, "Choose one of these."),
        ({"kind": "openrouter", "api_key": "sk-or…wxyz"}, "not a whole key"),
        ({"kind": "openai-compatible", "base_url": "http://[::1", "upstream_model": "x"}, "Enter an address"),
        *(
            ({"kind": "openai-compatible", "base_url": address, "upstream_model": "x"}, sentence)
            for address, sentence in (
                ("file:///etc/passwd", "Enter an address"),
                ("http://public\\@127.0.0.1/", "Enter an address"),
                ("http://public#@127.0.0.1/", "Enter an address"),
                ("http://key@127.0.0.1/v1", "Enter an address"),
                ("https://169.254.169.254/latest", "nothing is ever sent there"),
                ("http://[::ffff:a9fe:a9fe]/", "nothing is ever sent there"),
                ("http://2852039166/", "nothing is ever sent there"),
                ("http://llm.example.org/v1", "Enter an https address"),
            )
        ),
    ],
)
def test_what_is_missing_is_said_where_it_is_missing(
    client_for: ClientFor, admin: User, model: Model, given: dict[str, str], sentence: str
) -> None:
    page = client_for(admin).post("/providers/connect/", given)

    assert page.status_code == 422
    assert sentence in page.content.decode()


@pytest.mark.parametrize(
    ("given", "field"),
    [({"kind": "openrouter"}, "api_key"), ({"kind": "openai-compatible", "upstream_model": "x"}, "base_url")],
)
def test_what_is_missing_can_be_typed_at_once(
    client_for: ClientFor, admin: User, model: Model, given: dict[str, str], field: str
) -> None:
    page = client_for(admin).post("/providers/connect/", given).text

    assert re.findall(r'<input[^>]*name="(\w+)"[^>]* autofocus', page) == [field]


def test_a_provider_of_the_environment_is_read_only(client_for: ClientFor, admin: User, model: Model) -> None:
    Provider.objects.create(
        slug="openrouter", kind="openrouter", name="OpenRouter", base_url="https://openrouter.ai/api/v1",
        is_from_environment=True,
    )  # fmt: skip

    page = client_for(admin).post("/providers/connect/", {"kind": "openrouter", "api_key": KEY})

    assert page.status_code == 422
    assert "environment" in page.content.decode()


def test_a_provider_kept_here_can_be_tested_again_and_removed_with_its_key(
    client_for: ClientFor, admin: User, model: Model
) -> None:
    administrator = client_for(admin)
    administrator.post("/providers/connect/", {"kind": "openrouter", "api_key": KEY})
    provider = Provider.objects.get(slug="openrouter")

    again = administrator.post(f"/providers/{provider.pk}/test/", follow=True)
    removed = administrator.post(f"/providers/{provider.pk}/remove/", follow=True)

    assert "Testing the key" in again.content.decode()
    assert "OpenRouter is removed" in removed.content.decode()
    assert not Provider.objects.filter(slug="openrouter").exists()
    assert AuditEntry.objects.filter(action="provider.removed").exists()


def test_an_administrator_says_how_many_replies_run_at_a_provider_at_once(
    client_for: ClientFor, admin: User, alice: User, model: Model
) -> None:
    provider = Provider.objects.get()
    address = f"/providers/{provider.pk}/limit/"

    limited = client_for(admin).post(address, {"most_parallel": "3"}, follow=True)
    refused = client_for(admin).post(address, {"most_parallel": "0"}, follow=True)
    others = client_for(alice).post(address, {"most_parallel": "9"})

    provider.refresh_from_db()
    assert "at most 3 at once" in limited.content.decode()
    assert "a number from 1 to 1,000" in refused.content.decode()
    assert (others.status_code, provider.most_parallel) == (404, 3)
    assert AuditEntry.objects.get(action="provider.limited").after == {"most_parallel": 3}
    client_for(admin).post(address, {"most_parallel": ""})
    provider.refresh_from_db()
    assert provider.most_parallel is None


def test_setting_up_twice_changes_nothing(db: None) -> None:
    catalogue.seed_catalogue()
    before = (list(Model.objects.values()), list(Route.objects.values()))

    catalogue.seed_catalogue()

    assert (list(Model.objects.values()), list(Route.objects.values())) == before
