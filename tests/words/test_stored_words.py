"""What a worker wrote down in English is said in the language of whoever reads it."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from conversations import providers, stored_words
from conversations.providers import faults, sentences
from conversations.providers.base import Endpoint, FaultCode
from tests.words.pseudo import bracketed

ENDPOINT = Endpoint(name="Example", base_url="https://example.org/v1", api_key="k")


def test_english_readers_read_what_was_written(db: None) -> None:
    for sentence in sentences.SENTENCES:
        written = (
            sentence.replace("{name}", "Example")
            .replace("{time}", "30 seconds")
            .replace("{count}", "3")
            .replace("{fault}", "Example fell silent.")
        )
        assert stored_words.spoken(written) == written


def test_a_fault_is_recognised_with_its_provider_and_translated(second_language: str) -> None:
    with translation.override(second_language):
        for code in FaultCode:
            written = faults.sentence_for(code, "Example. Inc")
            said = stored_words.spoken(written)
            assert said == (bracketed(written) if written else "")


def test_a_wait_within_a_fault_is_translated_too(second_language: str) -> None:
    refusal = faults.refusal(ENDPOINT, 429, {"retry-after": "40"}, b"")

    with translation.override(second_language):
        said = stored_words.spoken(str(refusal))

    assert said == bracketed(
        f"Example takes no more requests from us just now. Try again in {bracketed('40 seconds')}."
    )


def test_what_nobody_translated_stays_as_it_was_written(second_language: str) -> None:
    with translation.override(second_language):
        assert stored_words.spoken("Whatever it was that stood here.") == "Whatever it was that stood here."
        assert stored_words.spoken("") == ""


@pytest.mark.parametrize("name", ["faults", "http", "reader"])
def test_no_adapter_says_anything_that_is_not_among_the_sentences(name: str) -> None:
    source = (Path(providers.__file__).parent / f"{name}.py").read_text()
    assert re.findall(r'"\{+name\}+ [^"]*"', source) == []
