"""A price as a whole: its rates, and the hours of the week that have others."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import peak_hours
from accounts.fields import RateField
from accounts.forms import PriceForm
from accounts.models import Price
from accounts.own_words import PlainForm

DAYS = (
    (0, gettext_lazy("Mon")),
    (1, gettext_lazy("Tue")),
    (2, gettext_lazy("Wed")),
    (3, gettext_lazy("Thu")),
    (4, gettext_lazy("Fri")),
    (5, gettext_lazy("Sat")),
    (6, gettext_lazy("Sun")),
)
# Empty rows under those there are; saving gives as many again.
_SPARE_ROWS = 2
# Thirteen fields each: a form may have a thousand.
MOST_BANDS = 60
_CLOCK = r"^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)\Z"


class WholePriceForm(PriceForm):
    """Also what writing to a cache costs."""

    cache_write = RateField(
        label=gettext_lazy("Written to the cache"),
        required=False,
        help_text=gettext_lazy("Empty: the same as read new."),
    )

    field_order = (
        "provider",
        "upstream_model",
        "input",
        "cache_read",
        "cache_write",
        "output",
        "confirm_jump",
    )


class BandForm(PlainForm):
    """Some hours of some days, in UTC, and what differs in them. Without a rate it is no band."""

    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On"),
        choices=DAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    start = forms.RegexField(_CLOCK, label=gettext_lazy("From, UTC"), required=False, strip=True)
    end = forms.RegexField(_CLOCK, label=gettext_lazy("To, UTC"), required=False, strip=True)
    input = RateField(label=gettext_lazy("Read new"), required=False)
    cache_read = RateField(label=gettext_lazy("Read again"), required=False)
    cache_write = RateField(label=gettext_lazy("To the cache"), required=False)
    output = RateField(label=gettext_lazy("Written"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("start", "end"):
            self.fields[name].error_messages["invalid"] = _(
                "Enter a time such as 01:00; the end of a day is 24:00."
            )
            self.fields[name].widget.attrs |= {"placeholder": "hh:mm", "inputmode": "numeric"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(name) is not None for name in peak_hours.RATES) or self.errors:
            return cleaned
        if not cleaned.get("days"):
            self.add_error("days", _("Choose its days."))
        for name in ("start", "end"):
            if not cleaned.get(name):
                self.add_error(name, _("Enter a time such as 01:00; the end of a day is 24:00."))
        if not self.errors and cleaned["start"] >= cleaned["end"]:
            self.add_error(
                "end", _("It ends before it begins. Over midnight it is two: to 24:00, and from 00:00.")
            )
        return cleaned

    def band(self) -> dict[str, Any] | None:
        """As a price keeps it; None for an empty row."""
        given = self.cleaned_data
        rates = {name: str(given[name]) for name in peak_hours.RATES if given.get(name) is not None}
        if not rates:
            return None
        return {"days": given["days"], "from": given["start"], "to": given["end"], **rates}


class BandRows:
    """All hours of a price: of a POST, or those in force and a few empty rows. `fault` is about them together."""

    def __init__(self, posted: QueryDict | None = None, *, price: Price | None = None) -> None:
        self.fault = ""
        if posted is not None:
            given = posted.get("bands", "")
            count = min(int(given), MOST_BANDS) if given.isdecimal() and len(given) <= 3 else 0
            self.forms = [BandForm(posted, prefix=f"bands-{number}") for number in range(count)]
        else:
            known = [*_bands_of(price), *([{}] * _SPARE_ROWS)]
            self.forms = [BandForm(initial=row, prefix=f"bands-{n}") for n, row in enumerate(known)]

    def is_valid(self) -> bool:
        """True when each can be read and no hour has two prices."""
        faulty = [form for form in self.forms if not form.is_valid()]
        if faulty:
            return False
        if any(_overlap(one, other) for one, other in combinations(self.bands(), 2)):
            self.fault = _("Two of these hours overlap. Each hour has one price.")
        return not self.fault

    def bands(self) -> list[dict[str, Any]]:
        """As a price keeps them."""
        return [band for form in self.forms if (band := form.band())]


def initial_of(price: Price) -> dict[str, Any]:
    """The rates in force."""
    return {name: getattr(price, name) for name in peak_hours.RATES}


def _bands_of(price: Price | None) -> list[dict[str, Any]]:
    bands: Sequence[dict[str, Any]] = price.bands if price else []
    return [
        {
            "days": band["days"],
            "start": band["from"],
            "end": band["to"],
            **{name: Decimal(band[name]) for name in peak_hours.RATES if name in band},
        }
        for band in bands
    ]


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    same_day = set(one["days"]) & set(other["days"])
    return bool(same_day) and one["from"] < other["to"] and other["from"] < one["to"]
