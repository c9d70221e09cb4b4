"""The list of all pages (`tests/browser/pages.py`) is whole: it is what pictures and axe go by."""

import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from accounts.models import User
from conversations.actions import catalogue
from tests.browser.pages import NO_PAGES, PAGES
from tests.conftest import ClientFor

# What stands in an address by the names of its parts; all else is an id.
PARTS = {
    "kind": "person",
    "secret": "a" * 32,
    "token": "a" * 32,
    "nothing": "a" * 32,
    "invitation": "a" * 32,
    "slug": "some-model",
    "act": "on",
    "uidb36": "0",
    "key": "dead",
    "reset": "/account/password/reset/key/0-dead/",
    "upstream": "some-model",
}
NOT_OURS = ("admin",)  # Django's own pages


class Parts(dict[str, str]):
    """Any name has a value that fits its place in an address."""

    def __missing__(self, name: str) -> str:
        return PARTS.get(name) or str(uuid.uuid4())


@pytest.fixture
def office(client_for: ClientFor, admin: User) -> Client:
    catalogue.seed_catalogue()
    return client_for(admin)


def test_every_address_that_answers_a_reader_is_a_listed_page_or_said_to_be_none(office: Client) -> None:
    listed = {view_of(page.address.format_map(Parts())) for page in PAGES}

    answering = {view_of(path) for path in addresses(get_resolver()) if office.get(path).status_code != 405}

    assert answering - listed - set(NO_PAGES) == set(), "not in tests/browser/pages.py"
    assert set(NO_PAGES) - answering == set(), "no such address any more"
    assert set(NO_PAGES) & listed == set()


def test_no_two_pages_have_one_name() -> None:
    names = [page.name for page in PAGES]

    assert sorted(names) == sorted(set(names))


def view_of(path: str) -> str:
    """The name of the address's pattern; empty where there is none."""
    try:
        return resolve(path.partition("?")[0]).view_name
    except Resolver404:
        return ""


def addresses(resolver: URLResolver, space: str = "", before: str = "/") -> Iterator[str]:
    """An address of every pattern of ours."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace not in NOT_OURS:
                inner = f"{pattern.namespace}:" if pattern.namespace else space
                yield from addresses(pattern, inner, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            parts = {name: Parts()[name] for name in pattern.pattern.regex.groupindex}
            yield (
                reverse(space + pattern.name, kwargs=parts) if pattern.name else before + str(pattern.pattern)
            )
