"""A page speaks its reader's language where there is a catalogue for it, and English otherwise."""

import re

import pytest
from django.test import Client

from tests.words.pseudo import bracketed

SIGN_IN = "/account/login/"
CATALOGUE = re.compile(r'<script src="(/words/[^"]+)" defer></script>')


def test_a_browser_that_prefers_a_language_of_ours_gets_it(
    client: Client, db: None, second_language: str
) -> None:
    page = client.get(SIGN_IN, headers={"Accept-Language": f"da, {second_language};q=0.9, en;q=0.5"})

    assert f'<html lang="{second_language}" dir="ltr"' in page.content.decode()
    assert bracketed("Skip to the text") in page.content.decode()


@pytest.mark.parametrize("wanted", ["en-GB,en;q=0.9", "en-US", "da,de;q=0.5", "*", "", "⟦"])
def test_every_other_browser_gets_english_and_no_catalogue(
    client: Client, db: None, second_language: str, wanted: str
) -> None:
    page = client.get(SIGN_IN, headers={"Accept-Language": wanted})

    assert '<html lang="en-gb" dir="ltr"' in page.content.decode()
    assert ">Skip to the text<" in page.content.decode()
    assert "/words/" not in page.content.decode()


def test_the_scripts_of_a_page_are_given_its_language_once_for_ever(
    client: Client, db: None, second_language: str
) -> None:
    page = client.get(SIGN_IN, headers={"Accept-Language": second_language}).content.decode()
    found = CATALOGUE.search(page)
    assert found and found.start() < page.index('type="module"')

    catalogue = client.get(found[1])

    assert catalogue.headers["Content-Type"].startswith("text/javascript")
    assert catalogue.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cookie" not in catalogue.headers.get("Vary", "")
    older = client.get(f"/words/{second_language}-0123456789ab.js")
    assert older.content == catalogue.content
    assert "no-store" in older.headers["Cache-Control"]


def test_there_is_no_catalogue_of_a_language_that_nobody_translated(
    client: Client, db: None, second_language: str
) -> None:
    for language in ("en-gb", "de", "../etc"):
        assert client.get(f"/words/{language}-0123456789ab.js").status_code == 404


def test_what_cannot_be_found_is_said_in_the_language_of_the_page(
    client: Client, second_language: str
) -> None:
    page = client.get("/there/is/nothing", headers={"Accept-Language": second_language})

    assert page.status_code == 404
    assert f'<html lang="{second_language}"' in page.content.decode()
