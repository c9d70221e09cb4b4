"""Whose day it is: the time zone that a reader's browser is in, and what a list calls a day of theirs."""

from datetime import date
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest
from django.utils import formats
from django.utils.translation import gettext as _

# Set by the page's scripts; whatever else it holds is taken for nothing.
ZONE_COOKIE = "parley_zone"


def zone_of(request: HttpRequest) -> ZoneInfo:
    """The reader's zone, or the installation's where their browser has not said one that is known."""
    name = request.COOKIES.get(ZONE_COOKIE, "")
    return ZoneInfo(name if name in _known() else settings.BUDGET_TIME_ZONE)


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


def label_of(day: date, today: date) -> str:
    """What a list says above the rows of a day: the further back, the more days go together."""
    back = (today - day).days
    if back <= 0:
        return _("Today")
    if back == 1:
        return _("Yesterday")
    if back <= 7:
        return _("Previous 7 days")
    if back <= 30:
        return _("Previous 30 days")
    return formats.date_format(day, "F" if day.year == today.year else "F Y")
