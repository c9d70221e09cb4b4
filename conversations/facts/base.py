"""The shape of what is stated of a model. Words are lazy: pages show them in the reader's language."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext_lazy as _


class Words(Protocol):
    """Text, or text that is translated when it is shown."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Source:
    """Who says so, where, and in which month it was read."""

    name: str
    url: str
    read: date


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the sheet. `is_code`: a name that programs use."""

    label: Words
    value: Words
    source: Source
    is_code: bool = False


class State(StrEnum):
    """What a source says of a capability. Silence is not a no."""

    AVAILABLE = "available"
    NOT_LISTED = "not listed"
    NO = "no"

    @property
    def words(self) -> Words:
        return _STATES[self]


_STATES = {State.AVAILABLE: _("available"), State.NOT_LISTED: _("not listed"), State.NO: _("no")}


@dataclass(frozen=True, slots=True)
class Capability:
    label: Words
    state: State
    source: Source
    note: Words = ""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters that a source lists; none where it has the heading only, which `note` says."""

    names: tuple[str, ...]
    source: Source
    note: Words = ""


@dataclass(frozen=True, slots=True)
class Score:
    """A published result: percent of tasks, or points of an index that has no full mark."""

    name: str
    figure: Decimal
    is_percent: bool
    explains: Words
    source: Source


@dataclass(frozen=True, slots=True)
class StatedRate:
    """Dollars per 1M tokens as a page has them; None = it names none."""

    provider: str  # slug, as in the price book
    input: Decimal
    cache_read: Decimal | None
    output: Decimal
    source: Source


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence that needs its source."""

    text: Words
    source: Source


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is stated of one model. `names` is what it is called, by provider slug."""

    slug: str
    descriptions: tuple[Remark, ...]
    sheet: tuple[Fact, ...]
    names: dict[str, str]
    rates: tuple[StatedRate, ...]
    capabilities: tuple[Capability, ...]
    parameters: tuple[Parameters, ...]
    scores: tuple[Score, ...]
    claims: tuple[Fact, ...] = ()  # stated, and proven by nobody we know of
    activity: tuple[Fact, ...] = ()  # of all customers of a provider, not of this installation
    remarks: tuple[Remark, ...] = field(default=())
    lacks: tuple[Remark, ...] = field(default=())
