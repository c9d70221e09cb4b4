"""One page for each provider: how it did, its address and key, its dialect in words, on and off."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts import pricing
from accounts.actions import prices
from accounts.models import AuditEntry, User
from conversations import access, key_check, seal, tasks
from conversations.actions import providers
from conversations.models import Attempt, Generation, Model, Provider, Route
from conversations.offload import in_thread
from tests.conftest import ClientFor
from tests.conversations.test_models_and_routes import ask

KEY = "sk-canary-5f1c"


@pytest.fixture
def office(client_for: ClientFor, admin: User) -> Client:
    return client_for(admin)


@pytest.fixture
def provider(model: Model) -> Provider:
    found = Provider.objects.get(slug="scripted")
    found.sealed_key = seal.seal(KEY)
    found.save(update_fields=["sealed_key"])
    return found


def attempts(*, minutes_ago: int, count: int, fault_code: str = "", wait: float | None = 0.5) -> None:
    """Calls that began then, of the one generation there is."""
    generation = Generation.objects.get()
    number = Attempt.objects.count()
    began = timezone.now() - timedelta(minutes=minutes_ago)
    Attempt.objects.bulk_create(
        Attempt(
            generation=generation,
            number=number + n,
            provider="scripted",
            provider_name="Scripted",
            upstream_model="deepseek-v4-flash",
            fault_code=fault_code,
            price={},
            cost=Decimal(0),
            started_at=began,
            first_data_at=None if fault_code or wait is None else began + timedelta(seconds=wait),
            finished_at=began + timedelta(seconds=9),
        )
        for n in range(count)
    )


def test_success_first_token_and_the_last_failure_stand_beside_each_provider(
    office: Client, provider: Provider
) -> None:
    assert ask(office) == 201
    attempts(minutes_ago=5, count=3, wait=0.5)
    attempts(minutes_ago=4, count=1, fault_code="overloaded")
    attempts(minutes_ago=300, count=6, wait=2)

    text = office.get("/providers/").text

    assert "75 % of 4" in text
    assert "0.5 s" in text
    assert "90 % of 10" in text
    assert "2.0 s" in text
    assert "Last failure, 4 min ago: Scripted is overloaded or out of order." in text


def test_a_provider_is_judged_by_what_the_model_page_judges_it_by(office: Client, provider: Provider) -> None:
    assert ask(office) == 201
    attempts(minutes_ago=5, count=3)
    attempts(minutes_ago=5, count=2, fault_code="internal")  # our own fault
    attempts(minutes_ago=5, count=4, wait=None)  # stopped before the first token
    attempts(minutes_ago=5, count=1, fault_code="stalled")

    assert "75 % of 4" in office.get("/providers/").text
    assert "75 %" in office.get("/models/deepseek-v4-flash/").text


def test_a_provider_that_answers_nothing_is_said_first(office: Client, provider: Provider) -> None:
    assert ask(office) == 201
    attempts(minutes_ago=5, count=2, fault_code="unreachable")

    assert "Scripted answered nothing within the last hour." in office.get("/providers/").text


def test_a_key_that_a_call_was_refused_is_not_said_to_work(office: Client, provider: Provider) -> None:
    pages = ["/providers/", f"/providers/{provider.pk}/"]
    assert ask(office) == 201
    attempts(minutes_ago=9, count=1)
    assert all("Connected." in office.get(page).text for page in pages)

    attempts(minutes_ago=5, count=1, fault_code="refused_key")
    attempts(minutes_ago=4, count=1, fault_code="unreachable")  # tells nothing of the key

    for page in pages:
        assert "Its key was refused 5 min ago." in office.get(page).text
        assert "Connected." not in office.get(page).text

    Provider.objects.update(is_from_environment=True)
    assert "Its key was refused 5 min ago." in office.get("/providers/").text


def test_a_key_that_was_taken_since_is_not_said_to_be_refused(office: Client, provider: Provider) -> None:
    assert ask(office) == 201
    attempts(minutes_ago=5, count=1, fault_code="refused_key")
    attempts(minutes_ago=4, count=1)
    assert "Connected." in office.get("/providers/").text

    attempts(minutes_ago=3, count=1, fault_code="refused_key")
    assert "Connected." not in office.get("/providers/").text
    Provider.objects.update(checked_at=timezone.now() - timedelta(minutes=1))
    assert "Connected." in office.get("/providers/").text


def test_one_that_failed_again_and_again_is_said_to_be_left_out(office: Client, provider: Provider) -> None:
    assert ask(office) == 201
    attempts(minutes_ago=0, count=5, fault_code="unreachable")
    Attempt.objects.update(finished_at=timezone.now())

    assert "Left out for now: it failed again and again." in office.get("/providers/").text

    Provider.objects.update(is_enabled=False)
    assert "Left out for now" not in office.get("/providers/").text


def test_members_find_no_page_of_a_provider(client_for: ClientFor, alice: User, provider: Provider) -> None:
    member, page = client_for(alice), f"/providers/{provider.pk}/"

    answers = [member.get(page), member.post(page, {"name": "X"})]
    answers += [member.post(f"{page}{act}/", {"api_key": "x"}) for act in ("key", "dialect", "off", "on")]

    assert {answer.status_code for answer in answers} == {404}


def test_nothing_is_sent_to_one_that_is_switched_off(office: Client, provider: Provider) -> None:
    assert "Nobody else runs DeepSeek V4 Flash" in office.get("/providers/").text

    said = office.post(f"/providers/{provider.pk}/off/", follow=True)

    assert "Nothing more is sent to Scripted." in said.text
    assert ask(office) == 422
    office.post(f"/providers/{provider.pk}/on/")
    assert ask(office, "e" * 12) == 201
    actions = AuditEntry.objects.filter(target="scripted").order_by("created_at")
    assert [entry.action for entry in actions] == ["provider.switched_off", "provider.switched_on"]


def test_one_without_a_price_is_nobody_who_could_answer_instead(
    office: Client, provider: Provider, model: Model
) -> None:
    other = Provider.objects.create(
        slug="other", kind="compatible", name="Other", base_url="http://127.0.0.1:9/v2"
    )
    Route.objects.create(model=model, provider=other, upstream_model="v4", order=2)

    def without() -> str:
        rows = office.get("/providers/").context["rows"]
        return next(str(row["without_it"]) for row in rows if row["provider"] == provider)

    assert "Nobody else runs DeepSeek V4 Flash" in without()

    dollar = Decimal(1)
    prices.set_price(
        actor=None,
        provider="other",
        upstream_model="v4",
        input=dollar,
        cache_read=dollar,
        output=dollar,
        source="test",
    )
    assert "New messages go to the next route of each model." in without()


def test_a_key_never_goes_to_another_address_by_itself(office: Client, provider: Provider) -> None:
    page = f"/providers/{provider.pk}/"
    elsewhere = {"name": "Scripted", "base_url": "https://elsewhere.example/v1"}

    refused = office.post(page, elsewhere)
    provider.refresh_from_db()
    assert "Paste the key for the new address." in refused.text
    assert provider.base_url == "http://127.0.0.1:9/v1"

    office.post(page, elsewhere | {"api_key": "sk-another"})
    provider.refresh_from_db()
    assert (provider.base_url, provider.is_enabled, provider.checked_at) == (
        "https://elsewhere.example/v1",
        False,
        None,
    )
    assert seal.unseal(provider.sealed_key) == "sk-another"


def test_a_new_key_waits_until_it_is_found_to_work(office: Client, provider: Provider) -> None:
    page = office.post(f"/providers/{provider.pk}/key/", {"api_key": "sk-another"}, follow=True)

    provider.refresh_from_db()
    assert "Testing the key" in page.text
    assert seal.unseal(provider.sealed_key) == KEY
    assert seal.unseal(provider.pending_key) == "sk-another"
    assert provider.is_enabled


def test_departures_from_the_dialect_are_set_in_words_and_others_are_kept(
    office: Client, provider: Provider
) -> None:
    Provider.objects.filter(pk=provider.pk).update(switches={"extra_body": {"top_k": 1}})
    address = f"/providers/{provider.pk}/dialect/"

    office.post(address, {"effort": "chat_template_kwargs", "omits_stream_options": "on"})

    provider.refresh_from_db()
    assert provider.switches == {
        "extra_body": {"top_k": 1},
        "sends_effort": "chat_template_kwargs",
        "sends_stream_options": False,
    }
    page = office.get(f"/providers/{provider.pk}/").text
    assert "Also set, and kept: extra_body." in page
    assert '<option value="chat_template_kwargs" selected>' in page

    office.post(address, {"effort": ""})
    provider.refresh_from_db()
    assert provider.switches == {"extra_body": {"top_k": 1}}
    assert AuditEntry.objects.filter(action="provider.dialect").count() == 2


def test_openrouters_hosts_are_chosen_by_name(office: Client, provider: Provider) -> None:
    Provider.objects.filter(pk=provider.pk).update(kind="openrouter")

    office.post(
        f"/providers/{provider.pk}/dialect/",
        {"denies_collection": "on", "only_hosts": "DeepInfra, novita,"},
    )

    provider.refresh_from_db()
    assert provider.switches == {"provider": {"data_collection": "deny", "only": ["deepinfra", "novita"]}}


def test_the_environments_provider_keeps_name_address_and_key(office: Client, provider: Provider) -> None:
    Provider.objects.filter(pk=provider.pk).update(is_from_environment=True)
    page = f"/providers/{provider.pk}/"

    shown = office.get(page).text
    office.post(page, {"name": "Mine", "base_url": "https://elsewhere.example/v1"})
    office.post(f"{page}key/", {"api_key": "sk-another"})

    assert "set by the server’s environment" in shown
    provider.refresh_from_db()
    assert (provider.name, provider.base_url, provider.pending_key) == (
        "Scripted",
        "http://127.0.0.1:9/v1",
        "",
    )


def test_a_second_server_of_ones_own_gets_a_name_and_stands_beside_the_first(
    office: Client, provider: Provider
) -> None:
    form = {"kind": "openai-compatible", "base_url": "http://vllm:8000/v1", "upstream_model": "lab/m"}
    office.post("/providers/connect/", form)
    office.post("/providers/connect/", form | {"name": "Cellar", "base_url": "http://cellar:8000/v1"})

    made = Provider.objects.exclude(pk=provider.pk).order_by("slug")
    assert [(one.slug, one.name) for one in made] == [
        ("cellar", "Cellar"),
        ("openai-compatible", "OpenAI-compatible server"),
    ]
    assert Route.objects.filter(upstream_model="lab/m").count() == 2
    taken = office.post("/providers/connect/", form | {"name": "OpenRouter"})
    assert "Another provider has this name." in taken.text


def test_a_key_is_found_nowhere_but_in_its_seal(
    office: Client, provider: Provider, admin: User, caplog: pytest.LogCaptureFixture
) -> None:
    """Every page and answer of the administration, the audit log, the logs and the tables themselves."""
    caplog.set_level(0)
    page = f"/providers/{provider.pk}/"
    told = [
        office.get(address).text
        for address in (
            "/providers/",
            page,
            "/providers/models/",
            f"{page}check/",
            "/prices/",
            "/spend/changes/",
        )
    ]
    told += [
        office.post(address, form, follow=True).text
        for address, form in (
            (f"{page}key/", {"api_key": KEY}),
            (f"{page}key/", {"api_key": f"{KEY}…"}),
            (page, {"name": "", "base_url": "nowhere", "api_key": KEY}),
            ("/providers/connect/", {"kind": "deepseek", "api_key": KEY}),
            ("/providers/connect/", {"kind": "openai-compatible", "api_key": KEY}),
            (f"{page}dialect/", {"effort": KEY}),
            (f"{page}off/", {}),
        )
    ]
    told += [str(list(AuditEntry.objects.values())), str(list(Provider.objects.values())), caplog.text]

    assert KEY in seal.unseal(Provider.objects.get(pk=provider.pk).pending_key)
    assert [text[:300] for text in told if "canary" in text] == []


def test_a_price_of_the_provider_stays_when_it_is_removed(office: Client, provider: Provider) -> None:
    office.post(f"/providers/{provider.pk}/remove/")

    assert not Route.objects.exists()
    assert pricing.rates_at("scripted", "deepseek-v4-flash", timezone.now()) is not None


@pytest.mark.django_db(transaction=True)
def test_a_test_that_ends_after_the_address_changed_says_nothing_of_the_new_one(
    office: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = {"name": "Scripted", "base_url": "https://elsewhere.example/v1", "api_key": "sk-another"}

    async def works_and_is_moved_meanwhile(tested: Provider) -> str:
        await in_thread(office.post, f"/providers/{provider.pk}/", new)
        return ""

    monkeypatch.setattr(key_check, "_fault_of", works_and_is_moved_meanwhile)
    asyncio.run(key_check.check(provider.pk))

    provider.refresh_from_db()
    assert seal.unseal(provider.sealed_key) == "sk-another"
    assert (provider.base_url, provider.is_enabled) == ("https://elsewhere.example/v1", False)


@pytest.mark.django_db(transaction=True)
def test_testing_what_was_switched_off_does_not_switch_it_on(
    office: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def works(tested: Provider) -> str:
        return ""

    monkeypatch.setattr(key_check, "_fault_of", works)
    office.post(f"/providers/{provider.pk}/off/")

    given: list[bool] = []
    monkeypatch.setattr(tasks.check_provider, "defer", lambda **args: given.append(args["enables"]))

    office.post(f"/providers/{provider.pk}/test/")
    asyncio.run(key_check.check(provider.pk, enables=given[0]))

    provider.refresh_from_db()
    assert not provider.is_enabled


def test_one_whose_key_was_never_tested_cannot_be_switched_on(office: Client, provider: Provider) -> None:
    Provider.objects.update(is_enabled=False, checked_at=None)

    assert "Switch on" not in office.get("/providers/").text
    answer = office.post(f"/providers/{provider.pk}/on/", follow=True)

    assert "Scripted has not taken its key." in answer.text
    provider.refresh_from_db()
    assert not provider.is_enabled


def test_removing_twice_removes_once(office: Client, provider: Provider) -> None:
    late = Provider.objects.get()
    office.post(f"/providers/{provider.pk}/remove/")

    with pytest.raises(access.NotFound):
        providers.disconnect_provider(actor=User.objects.get(), provider=late)

    assert AuditEntry.objects.filter(action="provider.removed").count() == 1


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("scripted!", "Another provider has this name."), ("模型", "Latin letter or a digit")],
)
def test_a_further_server_takes_nobody_elses_place(
    office: Client, provider: Provider, name: str, sentence: str
) -> None:
    given = {
        "kind": "openai-compatible",
        "base_url": "https://other.example/v1",
        "upstream_model": "x",
        "api_key": "k",
        "name": name,
    }

    answer = office.post("/providers/connect/", given)

    assert (answer.status_code, sentence in answer.text) == (422, True)
    provider.refresh_from_db()
    assert provider.base_url == "http://127.0.0.1:9/v1"
