"""The stretches of time that budgets count over, in settings.TIME_ZONE, and their names in sentences."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.models import Window

# A total has no beginning; its one row needs an instant all the same.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def start_of(window: str, at: datetime) -> datetime:
    """When the window began that `at` falls into: midnight, Monday, or the 1st."""
    midnight = at.astimezone(_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    match Window(window):
        case Window.DAY:
            start = midnight
        case Window.WEEK:
            start = midnight - timedelta(days=midnight.weekday())
        case Window.MONTH:
            start = midnight.replace(day=1)
        case Window.TOTAL:
            start = EPOCH
    return start.astimezone(UTC)


def end_of(window: str, at: datetime) -> datetime | None:
    """When the next window begins; None for a total, which never starts again."""
    start = start_of(window, at).astimezone(_zone())
    match Window(window):
        case Window.DAY:
            end = start + timedelta(days=1)
        case Window.WEEK:
            end = start + timedelta(days=7)
        case Window.MONTH:
            end = (start + timedelta(days=31)).replace(day=1)
        case Window.TOTAL:
            return None
    return end.astimezone(UTC)


def words_for(window: str, at: datetime) -> str:
    """The window as a phrase after an amount: "for November", "for today", "in all"."""
    match Window(window):
        case Window.DAY:
            return "for today"
        case Window.WEEK:
            return "for this week"
        case Window.MONTH:
            return f"for {at.astimezone(_zone()):%B}"
        case Window.TOTAL:
            return "in all"


def instant(at: datetime) -> str:
    """A moment with its zone: "1 December, 00:00 (UTC)"."""
    local = at.astimezone(_zone())
    return f"{local.day} {local:%B, %H:%M} ({_place()})"


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _place() -> str:
    return settings.TIME_ZONE.rpartition("/")[2].replace("_", " ")
