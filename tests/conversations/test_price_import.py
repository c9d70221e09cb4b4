"""Importing a provider's prices: seen before they are taken, all or none, tenfold changes confirmed."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Price, PriceList, User
from conversations.models import Model, Provider
from tests.conftest import ClientFor

NAME = "deepseek-v4-flash"


@pytest.fixture
def office(client_for: ClientFor, admin: User) -> Client:
    return client_for(admin)


@pytest.fixture
def provider(model: Model) -> Provider:
    """It asks a dollar for a million tokens of every kind (conftest)."""
    return Provider.objects.get(slug="scripted")


def paste(office: Client, provider: Provider, **prices: Any) -> str:
    """A list with these prices per token; the address of its preview."""
    models = [{"id": name.replace("__", "/"), "pricing": pricing} for name, pricing in prices.items()]
    form = {"provider": str(provider.pk), "unit": "token", "text": json.dumps({"data": models})}
    answer = office.post("/providers/prices/paste/", form)
    assert answer.status_code == 302, answer.text
    return str(answer["Location"])


def flash(prompt: str, completion: str) -> dict[str, Any]:
    return {NAME: {"prompt": prompt, "completion": completion}}


def shown_in(office: Client, page: str) -> dict[str, Any]:
    """What the preview's form would post."""
    context = office.get(page).context
    return {"book": context["book_state"], "shown": context["names"]}


def in_force(name: str = NAME) -> str:
    """Reading and writing, as in "1 / 1"."""
    price = Price.objects.get(provider="scripted", upstream_model=name, valid_to=None)
    return f"{price.input.normalize():f} / {price.output.normalize():f}"


def test_members_find_none_of_it(
    client_for: ClientFor, office: Client, alice: User, provider: Provider
) -> None:
    page = paste(office, provider, **flash("0.000002", "0.000003"))
    member = client_for(alice)

    answers = [member.get("/providers/prices/"), member.get(page), member.post(page, {"take": [NAME]})]
    answers += [member.post("/providers/prices/paste/"), member.post(f"/providers/{provider.pk}/prices/")]

    assert {answer.status_code for answer in answers} == {404}
    assert in_force() == "1 / 1"


def test_the_preview_says_what_would_change_and_changes_nothing(office: Client, provider: Provider) -> None:
    page = paste(
        office, provider, **flash("0.000002", "0.000001"), other__model={"prompt": "0", "completion": "0"}
    )

    text = office.get(page).text

    assert "1 price would change." in text
    assert "$1.00</del>" in text
    assert "$2.00</ins>" in text
    assert "other/model" not in text
    assert in_force() == "1 / 1"
    assert "other/model" in office.get(page, {"q": "OTHER"}).text


def test_a_change_of_what_caches_cost_to_write_is_seen_before_it_is_taken(
    office: Client, provider: Provider
) -> None:
    pricing = {"prompt": "0.000001", "completion": "0.000001", "input_cache_read": "0.000001"}
    page = paste(office, provider, **{NAME: pricing | {"input_cache_write": "0.000005"}})

    (row,) = office.get(page).context["rows"]
    changed = {str(rate["label"]): rate["after"] for rate in row["rates"] if rate["is_changed"]}

    assert changed == {"To the cache": "$5.00"}


def test_what_is_ticked_is_put_in_force_with_its_source(office: Client, provider: Provider) -> None:
    page = paste(office, provider, **flash("0.000002", "0.000003"))

    done = office.post(page, shown_in(office, page) | {"take": [NAME]}, follow=True)

    assert "1 price is imported." in done.text
    assert "Imported: the price book says what the list says." in done.text
    assert "Nothing changes" not in done.text
    assert in_force() == "2 / 3"
    price = Price.objects.get(upstream_model=NAME, provider="scripted", valid_to=None)
    assert price.source.startswith("Scripted: /models, pasted 20")
    assert price.author == "Admin"
    assert AuditEntry.objects.filter(action="price.set", actor_name="Admin").count() == 1
    assert "taken" in office.get("/providers/prices/").text


def test_importing_twice_changes_nothing_the_second_time(office: Client, provider: Provider) -> None:
    page = paste(office, provider, **flash("0.000002", "0.000003"))
    form = shown_in(office, page) | {"take": [NAME]}
    office.post(page, form)
    before = Price.objects.count()

    again = office.post(page, form, follow=True)

    assert "Nothing had to be changed." in again.text
    assert Price.objects.count() == before


def test_more_than_tenfold_is_marked_and_taken_only_when_confirmed_and_then_all_together(
    office: Client, provider: Provider
) -> None:
    Price.objects.filter(provider="scripted").update(valid_to=None)
    page = paste(
        office,
        provider,
        **flash("0.000011", "0.000001"),
        lab__new={"prompt": "0.000001", "completion": "0.000001"},
    )
    shown = {"q": "a", **shown_in_search(office, page, "a")}
    form = shown | {"take": [NAME, "lab/new"]}

    refused = office.post(page, form)

    assert refused.status_code == 422
    assert "Confirm the prices that would change more than tenfold" in refused.text
    assert "Yes, more than tenfold: read new" in refused.text
    assert in_force() == "1 / 1"
    assert not Price.objects.filter(upstream_model="lab/new").exists()

    office.post(page, form | {"confirm": [NAME]})
    assert (in_force(), in_force("lab/new")) == ("11 / 1", "1 / 1")


def shown_in_search(office: Client, page: str, search: str) -> dict[str, Any]:
    context = office.get(page, {"q": search}).context
    return {"book": context["book_state"], "shown": context["names"]}


def test_to_nothing_is_more_than_tenfold_too(office: Client, provider: Provider) -> None:
    page = paste(office, provider, **flash("0", "0"))

    refused = office.post(page, shown_in(office, page) | {"take": [NAME]})

    assert refused.status_code == 422
    assert in_force() == "1 / 1"


def test_a_book_that_has_changed_since_is_looked_at_again(office: Client, provider: Provider) -> None:
    page = paste(office, provider, **flash("0.000002", "0.000003"))
    form = shown_in(office, page) | {"take": [NAME]}
    price = {"provider": "scripted", "upstream_model": NAME, "input": "5", "cache_read": "", "output": "5"}
    office.post("/prices/", price)

    refused = office.post(page, form)

    assert "The price book has changed since this was shown" in refused.text
    assert in_force() == "5 / 5"


def test_what_cannot_be_taken_says_why_and_cannot_be_ticked(office: Client, provider: Provider) -> None:
    page = paste(office, provider, **flash("-1", "-1"))

    text = office.get(page).text
    done = office.post(page, shown_in(office, page) | {"take": [NAME], "confirm": [NAME]}, follow=True)

    assert "It has no fixed price (-1 is stated)." in text
    assert 'name="take"' not in text
    assert "Nothing had to be changed." in done.text
    assert in_force() == "1 / 1"


@pytest.mark.parametrize(
    ("text", "words"), [("<html>", "This is not JSON."), ("[]", "The list names no model."), ("", "required")]
)
def test_what_is_no_list_is_kept_for_mending(
    office: Client, provider: Provider, text: str, words: str
) -> None:
    form = {"provider": str(provider.pk), "unit": "million", "text": text}

    page = office.post("/providers/prices/paste/", form)

    assert (page.status_code, words in page.text) == (422, True)
    assert not PriceList.objects.exists()


def test_a_list_is_read_by_a_worker_and_asked_for_once(office: Client, provider: Provider) -> None:
    Provider.objects.filter(pk=provider.pk).update(kind="openrouter")

    first = office.post(f"/providers/{provider.pk}/prices/")
    again = office.post(f"/providers/{provider.pk}/prices/")

    assert first["Location"] == again["Location"]
    page = office.get(first["Location"])
    assert (page["Refresh"], "Reading the list of Scripted." in page.text) == ("1", True)


def test_a_provider_whose_list_has_no_prices_is_not_asked(office: Client, provider: Provider) -> None:
    Provider.objects.filter(pk=provider.pk).update(kind="deepseek")

    assert office.post(f"/providers/{provider.pk}/prices/").status_code == 404
