"""How providers did lately, from the attempts themselves: success, first token, the last failure. Two queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import windows
from conversations import stored_words
from conversations.measured import judging
from conversations.models import Attempt, Provider
from conversations.providers import faults
from conversations.providers.base import FaultCode

# A failure further back says nothing about today.
REMEMBERED = timedelta(days=7)

# NULL for upstream_model: all of the provider's.
_LATELY = f"""
    SELECT provider, upstream_model,
           count(*) FILTER (WHERE started_at > %(hour)s),
           count(*) FILTER (WHERE started_at > %(hour)s AND fault_code = ''),
           count(*), count(*) FILTER (WHERE fault_code = ''),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_data_at - started_at))
               FILTER (WHERE started_at > %(hour)s),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_data_at - started_at))
    FROM conversations_attempt a
    WHERE started_at > %(day)s AND finished_at IS NOT NULL AND {judging.IS_JUDGED}
    GROUP BY GROUPING SETS ((provider), (provider, upstream_model))
"""  # noqa: S608 -- our own words only


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was asked in an hour or a day. `first_token` is the median in seconds; None without any."""

    asked: int = 0
    answered: int = 0
    first_token: float | None = None

    @property
    def success(self) -> str:
        """ "98 % of 120", or that nobody asked."""
        if not self.asked:
            return _("not asked")
        # Rounded down: of a thousand with one failure nobody reads "100 %".
        return _("%(share)s %% of %(asked)s") % {
            "share": self.answered * 100 // self.asked,
            "asked": f"{self.asked:,}",
        }

    @property
    def wait(self) -> str:
        return "" if self.first_token is None else f"{self.first_token:.1f} s"


@dataclass(frozen=True, slots=True)
class Health:
    hour: Stretch = Stretch()
    day: Stretch = Stretch()
    last_fault: str = ""  # when, and in words

    @property
    def is_failing(self) -> bool:
        """True when of all that was asked within the hour nothing was answered."""
        return self.hour.asked > 0 and not self.hour.answered


def lately(at: datetime | None = None) -> Mapping[tuple[str, str], Health]:
    """By provider slug and upstream model; "" as the model is the provider as a whole."""
    at = at or timezone.now()
    told = _last_faults(at)
    with connection.cursor() as cursor:
        cursor.execute(
            _LATELY,
            {"hour": at - timedelta(hours=1), "day": at - timedelta(days=1), "ours": judging.OURS},
        )
        rows = cursor.fetchall()
    found = {
        (provider, model or ""): Health(
            Stretch(asked_hour, answered_hour, wait_hour),
            Stretch(asked, answered, wait),
            told.get(provider, "") if model is None else "",
        )
        for provider, model, asked_hour, answered_hour, asked, answered, wait_hour, wait in rows
    }
    return {(slug, ""): Health(last_fault=words) for slug, words in told.items()} | found


def key_refused(provider: Provider, at: datetime) -> str:
    """When the key in use was refused last; "" where it was found to be taken since then."""
    since = at - REMEMBERED
    # A test that went wrong and left the provider on was of another key.
    if provider.checked_at and provider.is_proven:
        since = max(since, provider.checked_at)
    asked = Attempt.objects.filter(provider=provider.slug, started_at__gt=since)
    refused = asked.filter(fault_code=FaultCode.REFUSED_KEY).order_by("-started_at")
    then = refused.values_list("started_at", flat=True).first()
    if then is None or asked.filter(started_at__gt=then, first_data_at__isnull=False).exists():
        return ""
    return ago(then, at)


def ago(then: datetime, at: datetime) -> str:
    """ "just now", "4 min ago", "3 h ago", then the day."""
    minutes = int((at - then).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return _("%(minutes)s min ago") % {"minutes": minutes}
    if minutes < 24 * 60:
        return _("%(hours)s h ago") % {"hours": minutes // 60}
    days = minutes // (24 * 60)
    if at - then < REMEMBERED:
        return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}
    return windows.instant(then)


def _last_faults(at: datetime) -> dict[str, str]:
    failed = (
        Attempt.objects.filter(started_at__gt=at - REMEMBERED)
        .exclude(fault_code__in=["", *judging.OURS])
        .order_by("provider", "-started_at")
        .distinct("provider")
        .values_list("provider", "provider_name", "fault_code", "started_at")
    )
    return {
        slug: _("%(when)s: %(fault)s")
        % {"when": ago(then, at), "fault": stored_words.spoken(faults.sentence_for(code, name))}
        for slug, name, code, then in failed
    }
