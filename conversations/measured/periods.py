"""The hours, days or months that a page shows, as BUDGET_TIME_ZONE has them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import windows
from conversations.measured import rollups

HOURS, DAYS, MONTHS = 24, 30, 12
LABELS = {"hour": gettext_lazy("hour"), "day": gettext_lazy("day"), "month": gettext_lazy("month")}


@dataclass(frozen=True, slots=True)
class Periods:
    """When each begins, the oldest first, and when the last one ends."""

    unit: str  # of LABELS
    starts: list[datetime]
    until: datetime
    is_now: bool = True

    @property
    def label(self) -> str:
        return str(LABELS[self.unit])

    @property
    def words(self) -> str:
        """The whole of it after a sentence: "in the last 30 days", "in the 30 days up to 26 October 2026"."""
        if self.is_now:
            words = {
                "hour": _("in the last %(count)s hours"),
                "day": _("in the last %(count)s days"),
                "month": _("in the last %(count)s months"),
            }
        else:
            words = {
                "hour": _("on %(last)s"),
                "day": _("in the %(count)s days up to %(last)s"),
                "month": _("in the %(count)s months up to %(last)s"),
            }
        last = self.last_day
        named = f"{last:%B %Y}" if self.unit == "month" else f"{last.day} {last:%B %Y}"
        return words[self.unit] % {"count": len(self.starts), "last": named}

    @property
    def last_day(self) -> date:
        return windows.day_of(self.until - timedelta(seconds=1))

    @property
    def before(self) -> date:
        """The last day of as many periods before these."""
        return windows.day_of(self.starts[0] - timedelta(seconds=1))

    @property
    def after(self) -> date | None:
        """The last day of as many periods after these; None when these are the latest."""
        return None if self.is_now else self.last_day + (self.last_day - self.before)

    def name(self, start: datetime) -> str:
        """A period as a row has it: "Thu 14:00", "Thu 26 Nov", "November 2026"."""
        local = start.astimezone(windows.zone())
        if self.unit == "hour":
            return f"{local:%a} {local:%H:%M}"
        return f"{local:%a} {local.day} {local:%b}" if self.unit == "day" else f"{local:%B %Y}"


def latest(unit: str, at: datetime | None = None) -> Periods:
    """Those up to now, the open one included."""
    now = at or timezone.now()
    match unit:
        case "hour":
            last = rollups.hour_of(now)
            starts = [last - timedelta(hours=back) for back in range(HOURS - 1, -1, -1)]
        case "day":
            today = windows.day_of(now)
            starts = [windows.day_start(today - timedelta(days=back)) for back in range(DAYS - 1, -1, -1)]
        case _:
            starts = [windows.day_start(first) for first in _months(windows.day_of(now))]
    return Periods(unit, starts, now + timedelta(seconds=1))


def up_to(unit: str, day: date) -> Periods:
    """Those that end with this day, or the month it is in; the latest when it has not ended yet."""
    if unit == "month":
        day = (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    end = windows.day_start(day + timedelta(days=1))
    if end > timezone.now():
        return latest(unit)
    found = latest(unit, end - timedelta(seconds=1))
    return Periods(unit, found.starts, end, is_now=False)


def _months(today: date) -> list[date]:
    months = today.year * 12 + today.month - 1
    return [date(*_month(months - back), 1) for back in range(MONTHS - 1, -1, -1)]


def _month(months: int) -> tuple[int, int]:
    year, month = divmod(months, 12)
    return year, month + 1
