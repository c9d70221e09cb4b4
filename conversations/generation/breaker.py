"""Leaves out a provider that fails again and again, as all workers' attempts tell, and tries it again after a pause."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from conversations.generation.routes import Way
from conversations.models import Attempt
from conversations.providers.base import FaultCode

FAILURES = 5  # in a row, and within
SPAN = timedelta(minutes=5)
PAUSE = timedelta(seconds=30)
TRIAL = timedelta(seconds=30)  # how long one attempt is waited for before another may find out

# What speaks against the provider, whoever asks it; a prompt of somebody's that it does not take does not.
_COUNTED = (
    FaultCode.UNREACHABLE,
    FaultCode.REFUSED_KEY,
    FaultCode.NO_CREDIT,
    FaultCode.RATE_LIMITED,
    FaultCode.OVERLOADED,
    FaultCode.STALLED,
)


def standing(ways: Sequence[Way], at: datetime) -> list[Way]:
    """The ways whose providers are not left out just now; all of them where no other is left, since refusing
    everybody helps nobody."""
    return [way for way in ways if not is_left_out(way.provider, at)] or list(ways)


def is_left_out(provider: str, at: datetime) -> bool:
    """True while the last that is known of it is that it fails, unless it is time for somebody to try."""
    failed = list(
        Attempt.objects.filter(
            provider=provider, started_at__gt=at - SPAN, fault_code__in=_COUNTED, finished_at__lte=at
        )
        .order_by("-started_at")
        .values_list("started_at", "finished_at")[:FAILURES]
    )
    if len(failed) < FAILURES:
        return False
    since = Attempt.objects.filter(provider=provider, started_at__gte=failed[-1][0])
    if since.filter(first_data_at__isnull=False, fault_code="").exists():
        return False
    if at < max(finished for _, finished in failed if finished) + PAUSE:
        return True
    return since.filter(finished_at=None, started_at__gt=at - TRIAL).exists()
