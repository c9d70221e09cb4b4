"""Providers' lists of prices, read exactly; what the price book cannot keep as it is stated is not taken."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import peak_hours
from accounts.price_lists import hours, reading
from accounts.price_lists.reading import NotAList, Offer, Unit

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PLAIN = {"prompt": "0.00000014", "completion": "0.00000028"}


def read(pricing: Any, unit: Unit = Unit.TOKEN) -> Offer:
    (offer,) = reading.offers_in(json.dumps({"data": [{"id": "lab/m", "pricing": pricing}]}), unit)
    return offer


def test_openrouters_prices_per_token_become_dollars_per_million_to_the_last_digit() -> None:
    pricing = PLAIN | {"input_cache_read": "0.0000000028", "request": "0", "image": "0.002"}

    assert read(pricing) == Offer(
        "lab/m", input=Decimal("0.14"), cache_read=Decimal("0.0028"), output=Decimal("0.28")
    )


@pytest.mark.parametrize("number", [0.12, "0.12", "$0.12", " 0.12 "])
def test_routeways_prices_are_for_a_million_as_numbers_or_text(number: object) -> None:
    pricing = {
        "input": number,
        "output": "0.25",
        "caching": {"read": 0.04, "write": {"5m": 0.15, "1h": 0.3}},
    }

    assert read(pricing, Unit.MILLION) == Offer(
        "lab/m",
        input=Decimal("0.12"),
        cache_read=Decimal("0.04"),
        cache_write=Decimal("0.15"),
        output=Decimal("0.25"),
    )


def test_a_fraction_is_the_one_that_was_written_and_no_float() -> None:
    text = '{"data": [{"id": "m", "pricing": {"prompt": 0.1000000000000001, "completion": 1}}]}'

    (offer,) = reading.offers_in(text, Unit.MILLION)

    assert offer.fault == "Its price is more exact than the price book keeps."


@pytest.mark.parametrize(
    ("pricing", "words"),
    [
        (None, "states no price"),
        ({}, "states no price"),
        ({"prompt": "0.1"}, "states no price for reading and writing"),
        (PLAIN | {"prompt": "-1"}, "no fixed price (-1"),
        (PLAIN | {"completion": "free"}, "cannot be read: free"),
        (PLAIN | {"completion": "NaN"}, "cannot be read"),
        (PLAIN | {"completion": "1e999999"}, "cannot be read"),
        (PLAIN | {"completion": True}, "cannot be read"),
        (PLAIN | {"completion": [1]}, "cannot be read"),
        (PLAIN | {"completion": "5"}, "is the unit right?"),
        (PLAIN | {"request": "0.005"}, "each request"),
        (PLAIN | {"internal_reasoning": "0.000001"}, "thinking"),
        (PLAIN | {"overrides": [{"min_prompt_tokens": 200000, "prompt": "0.0000003"}]}, "long prompts"),
        (PLAIN | {"overrides": [{"utc_start": 100, "prompt": "0.0000003"}]}, "hours cannot be read"),
        (PLAIN | {"overrides": [{"utc_start": 100, "utc_end": 2500, "prompt": "1"}]}, "unit right"),
        (
            PLAIN | {"overrides": [{"utc_start": 100, "utc_end": 2500, "prompt": "0.0000003"}]},
            "hours cannot be read",
        ),
        (PLAIN | {"overrides": [{"utc_days": ["someday"], "prompt": "0.0000003"}]}, "days cannot be read"),
        (PLAIN | {"overrides": "peak"}, "hours cannot be read"),
    ],
)
def test_what_cannot_be_kept_as_it_is_stated_has_a_reason_and_no_price(pricing: Any, words: str) -> None:
    offer = read(pricing)

    assert words in offer.fault
    assert offer.input is None


def test_zero_is_a_price() -> None:
    assert read({"prompt": "0", "completion": "0"}).output == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("<html>", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"data": NaN}', "not JSON"),
        ("{}", "“data” is missing"),
        ('{"data": {}}', "“data” is missing"),
        ('{"data": []}', "names no model"),
        ('{"data": [1, null, {"id": 5}, {"id": ""}]}', "names no model"),
    ],
)
def test_what_is_no_list_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(NotAList, match=words):
        reading.offers_in(text, Unit.TOKEN)


def test_of_very_many_models_twins_and_odd_names_each_is_read_once_and_as_it_is_written() -> None:
    odd = ["<script>alert(1)</script>", "a b", "m" * 201, "line\nbreak"]
    names = [*odd, *(f"m{number // 2}" for number in range(30_000))]
    text = json.dumps({"data": [{"id": name, "pricing": PLAIN} for name in names]})

    offers = reading.offers_in(text, Unit.TOKEN)

    assert [offer.name for offer in offers[:4]] == [odd[0], odd[1], "m0", "m1"]
    assert len(offers) == len({offer.name for offer in offers}) == 2 + (reading.MOST_MODELS - 4) // 2


def test_peak_hours_come_as_bands_and_over_midnight_as_two() -> None:
    pricing = PLAIN | {
        "overrides": [
            {
                "utc_days": list(DAYS[:5]),
                "utc_start": 100,
                "utc_end": 400,
                "prompt": "0.0000003",
                "completion": "0.0000012",
            },
            {"utc_start": 2230, "utc_end": 30, "prompt": "0.00000007"},
        ]
    }

    bands = read(pricing).bands

    night = {"input": "0.070000000000"}
    peak = {"input": "0.300000000000", "output": "1.200000000000"}
    assert sorted(bands, key=str) == sorted(
        [
            {"days": [0, 1, 2, 3, 4], "from": "00:00", "to": "00:30", **night},
            {"days": [0, 1, 2, 3, 4], "from": "01:00", "to": "04:00", **peak},
            {"days": [0, 1, 2, 3, 4], "from": "22:30", "to": "24:00", **night},
            {"days": [5, 6], "from": "00:00", "to": "00:30", **night},
            {"days": [5, 6], "from": "22:30", "to": "24:00", **night},
        ],
        key=str,
    )


CLOCKS = st.tuples(st.integers(0, 23), st.sampled_from([0, 15, 30, 45])).map(lambda t: t[0] * 100 + t[1])
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "utc_start": CLOCKS,
            "utc_end": CLOCKS,
            "utc_days": st.sets(st.sampled_from(DAYS), min_size=1).map(list),
        },
        optional={
            "prompt": st.integers(1, 9).map(lambda n: f"0.00000{n}"),
            "completion": st.integers(1, 9).map(lambda n: f"0.00000{n}"),
        },
    ).filter(lambda entry: entry["utc_start"] != entry["utc_end"]),
    max_size=4,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ENTRIES, st.integers(0, 6), st.integers(0, 24 * 60 - 1))
def test_at_every_minute_of_the_week_the_last_entry_that_holds_wins_rate_by_rate(
    entries: list[dict[str, Any]], day: int, minute: int
) -> None:
    offer = read(PLAIN | {"overrides": entries})
    at = datetime(2026, 11, 23 + day, minute // 60, minute % 60, tzinfo=UTC)
    wanted = {"input": Decimal("0.14"), "output": Decimal("0.28")}
    for entry in entries:
        start, end = (value // 100 * 60 + value % 100 for value in (entry["utc_start"], entry["utc_end"]))
        inside = start <= minute < end if start < end else minute >= start or minute < end
        if inside and DAYS[day] in entry["utc_days"]:
            for theirs, ours in (("prompt", "input"), ("completion", "output")):
                if theirs in entry:
                    wanted[ours] = Decimal(entry[theirs]).scaleb(6)

    band = next((band for band in offer.bands if peak_hours.covers(band, at)), {})

    assert offer.fault == ""
    assert Decimal(band.get("input", "0.14")) == wanted["input"]
    assert Decimal(band.get("output", "0.28")) == wanted["output"]


def test_what_is_kept_comes_back_the_same() -> None:
    offer = read(PLAIN | {"overrides": [{"utc_start": 0, "utc_end": 100, "prompt": "0.0000001"}]})

    assert Offer.from_json(json.loads(json.dumps(offer.as_json()))) == offer


def test_an_entry_for_whole_days_holds_all_of_them() -> None:
    weekend = hours.override_of({"utc_days": ["sunday", "saturday"]}, {"input": Decimal(1)})

    assert hours.bands_of([weekend], {"input": Decimal(2)}) == [
        {"days": [5, 6], "from": "00:00", "to": "24:00", "input": "1"}
    ]


@pytest.mark.parametrize(
    "override",
    [
        '{"utc_start": 1e5000000, "utc_end": 200}',
        '{"utc_start": -1e5000000, "utc_end": 200}',
        '{"utc_start": 100, "utc_end": 200, "utc_days": 5}',
        '{"utc_start": 100.5, "utc_end": 200}',
    ],
)
def test_hours_that_cannot_be_are_told_at_once_and_nothing_breaks(override: str) -> None:
    entry = '{"prompt": "0.000002", ' + override[1:]
    text = (
        '{"data": [{"id": "m/x", "pricing": {"prompt": "0.000001", "completion": "0.000002", "overrides": ['
        + entry
        + "]}}]}"
    )

    (offer,) = reading.offers_in(text, reading.Unit.TOKEN)

    assert "cannot be read" in offer.fault


@pytest.mark.parametrize("price", ["\\ud800x", "\\u0000x"])
def test_a_price_in_letters_that_cannot_be_kept_is_quoted_without_them(price: str) -> None:
    text = '{"data": [{"id": "m/x", "pricing": {"prompt": "' + price + '", "completion": "0.000002"}}]}'

    (offer,) = reading.offers_in(text, reading.Unit.TOKEN)

    assert offer.fault == "Its price cannot be read: \ufffdx."
