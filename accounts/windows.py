"""The stretches of time that budgets count over, in BUDGET_TIME_ZONE, and their names in sentences."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Window

# A total has no beginning; its one row needs an instant all the same.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def start_of(window: str, at: datetime) -> datetime:
    """When the window began that `at` falls into: midnight, Monday, or the 1st."""
    # fold=0: where a clock set back makes midnight come twice, the day begins with the first.
    midnight = at.astimezone(zone()).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
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
    # By the calendar: where a clock set forward leaves midnight out, a day begins at one, and the next one does not.
    first = day_of(start_of(window, at))
    match Window(window):
        case Window.DAY:
            after = first + timedelta(days=1)
        case Window.WEEK:
            after = first + timedelta(days=7)
        case Window.MONTH:
            after = (first + timedelta(days=31)).replace(day=1)
        case Window.TOTAL:
            return None
    return day_start(after)


def words_for(window: str, at: datetime) -> str:
    """The window as a phrase after an amount: "for November", "for today", "in all"."""
    match Window(window):
        case Window.DAY:
            return _("for today")
        case Window.WEEK:
            return _("for this week")
        case Window.MONTH:
            return _("for %(month)s") % {"month": f"{at.astimezone(zone()):%B}"}
        case Window.TOTAL:
            return _("in all")


def name_of(window: str, at: datetime) -> str:
    """The window by itself, as a heading may have it: "November", "today", "in all"."""
    match Window(window):
        case Window.DAY:
            return _("today")
        case Window.WEEK:
            return _("this week")
        case Window.MONTH:
            return f"{at.astimezone(zone()):%B}"
        case Window.TOTAL:
            return _("in all")


def instant(at: datetime) -> str:
    """A moment with its zone: "1 December, 00:00 (UTC)"."""
    local = at.astimezone(zone())
    return f"{local.day} {local:%B, %H:%M} ({place()})"


def day_of(at: datetime) -> date:
    """The day of the calendar that the instant falls into."""
    return at.astimezone(zone()).date()


def day_start(day: date) -> datetime:
    """The instant at which a day of the calendar begins."""
    return datetime.combine(day, time(), tzinfo=zone()).astimezone(UTC)


def zone() -> ZoneInfo:
    """The time zone in which days, weeks and months begin."""
    return ZoneInfo(settings.BUDGET_TIME_ZONE)


def place() -> str:
    """The zone's name as sentences have it: "Berlin", "UTC"."""
    return str(settings.BUDGET_TIME_ZONE).rpartition("/")[2].replace("_", " ")
