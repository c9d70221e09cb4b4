"""Leaves out a provider that fails again and again, as all workers' attempts tell. After a pause one reply finds out
whether it is well again: its worker takes the provider's row for that, so no two ask at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.db.models import Q
from django.utils import timezone

from conversations.generation.routes import Way
from conversations.models import Attempt, Provider
from conversations.providers.base import FaultCode

FAILURES = 5  # in a row, and within
SPAN = timedelta(minutes=5)
PAUSE = timedelta(seconds=30)
TRIAL = timedelta(seconds=30)  # how long one reply is waited for before another may find out

# What speaks against the provider, whoever asks it. A prompt of somebody's that it does not take does not, nor does a
# reply that came and was empty, cut or cannot be read as a call: that may be the prompt's doing too.
_COUNTED = (
    FaultCode.UNREACHABLE,
    FaultCode.REFUSED_KEY,
    FaultCode.NO_CREDIT,
    FaultCode.RATE_LIMITED,
    FaultCode.OVERLOADED,
    FaultCode.STALLED,
    FaultCode.BROKEN,
)


class _State(Enum):
    WELL = "well"
    RESTING = "resting"
    DUE = "due"  # time for somebody to find out


@dataclass(frozen=True, slots=True)
class Look:
    """Slugs of providers: whom a reply leaves out, and whom it finds out about ("" = nobody)."""

    left_out: frozenset[str]
    tried: str


def look(ways: Sequence[Way], at: datetime) -> Look:
    """Whom a reply with these ways leaves out just now. Where no other is left it is nobody, since refusing everybody
    helps nobody.

    One that is due is tried only by a reply that asks it first: behind one that answers nobody would find out.
    """
    left_out: list[str] = []
    tried = ""
    for way in ways:
        state = _state_of(way.provider, at)
        if state is _State.WELL:
            continue
        is_first = way is ways[len(left_out)]
        if state is _State.DUE and is_first and _take(way.provider, at):
            tried = way.provider
        else:
            left_out.append(way.provider)
    return Look(frozenset(left_out if len(left_out) < len(ways) else ()), tried)


def is_left_out(provider: str, at: datetime) -> bool:
    """True while the last that is known of it is that it fails."""
    return _state_of(provider, at) is not _State.WELL


def close(provider: str) -> None:
    """It answers again: from now on everybody asks it."""
    Provider.objects.filter(slug=provider).update(well_since=timezone.now(), tried_at=None)


def _state_of(provider: str, at: datetime) -> _State:
    well_since = Provider.objects.filter(slug=provider).values_list("well_since", flat=True).first()
    start = max(at - SPAN, well_since or at - SPAN)
    failed = list(
        Attempt.objects.filter(
            provider=provider, started_at__gt=start, fault_code__in=_COUNTED, finished_at__lte=at
        )
        .order_by("-started_at")
        .values_list("started_at", "finished_at")[:FAILURES]
    )
    if len(failed) < FAILURES:
        return _State.WELL
    since = Attempt.objects.filter(provider=provider, started_at__gte=failed[-1][0])
    if since.filter(first_data_at__isnull=False, fault_code="").exists():
        return _State.WELL
    last = max(finished for _, finished in failed if finished)
    return _State.RESTING if at < last + PAUSE else _State.DUE


def _take(provider: str, at: datetime) -> bool:
    """True for the one who may find out; the row's lock lets one through, and the others see that it is taken."""
    free = Q(tried_at=None) | Q(tried_at__lt=at - TRIAL)
    return Provider.objects.filter(free, slug=provider).update(tried_at=at) == 1
