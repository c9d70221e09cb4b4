"""A person's list of conversations: read part by part, and told to every page that shows it."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from conversations import days, hints, queries
from conversations.events import Hint, Topic
from conversations.models import UNFINISHED, Conversation, Generation

# Of a list's first part and of each further one: a page carries the first.
ROWS = 50
# A page that has opened many parts asks for all of them again at once, up to this many rows.
MOST_ROWS = 1000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Short words in brackets behind a title, which tell it from another: " (fork)", " (2)".
_END = re.compile(r"(?<=\S)\s\([^()]{1,12}\)$")
_MICROSECOND = timedelta(microseconds=1)
# As the index `listed` has them, ties included: a part begins exactly where the one before it ended.
_ORDER = F("pinned_at").desc(nulls_last=True), F("updated_at").desc(), F("id").desc()


@dataclass(frozen=True)
class Place:
    """Where in the order a row stands. It stays a place when the row is gone or has moved up."""

    pinned_at: datetime | None
    updated_at: datetime
    id: uuid.UUID

    @classmethod
    def read(cls, written: str) -> Self | None:
        """From an address; None when it is no place."""
        try:
            pinned, updated, key = written.split(".")
            return cls(_moment(pinned) if pinned else None, _moment(updated), uuid.UUID(key))
        except (ValueError, OverflowError):
            return None

    def __str__(self) -> str:
        pinned = _written(self.pinned_at) if self.pinned_at else ""
        return f"{pinned}.{_written(self.updated_at)}.{self.id}"

    def behind(self) -> Q:
        """The rows that come after it."""
        later = Q(updated_at__lte=self.updated_at) & (Q(updated_at__lt=self.updated_at) | Q(pk__lt=self.id))
        if self.pinned_at is None:
            return Q(pinned_at=None) & later
        return Q(pinned_at=None) | Q(pinned_at__lt=self.pinned_at) | (Q(pinned_at=self.pinned_at) & later)


def tell(conversation: Conversation) -> None:
    """Its row as it is now, once the running transaction has committed."""
    hints.publish(
        conversation.owner_id, Hint(topic=Topic.LISTED, id=str(conversation.pk), data=row_of(conversation))
    )


def row_of(conversation: Conversation) -> dict[str, Any]:
    """What a list says of one conversation, and whether it is to be in that list."""
    row = _marked(Conversation.objects.filter(pk=conversation.pk)).get()
    return _row_view(row) | {"is_listed": row.archived_at is None and row.deleted_at is None}


def rows_of(user: User, after: Place | None = None) -> QuerySet[Conversation]:
    """All that stands in a person's list, or what comes after a place: pinned ones first, then the latest."""
    listed = Conversation.objects.filter(owner=user, deleted_at=None, archived_at=None)
    if after is not None:
        listed = listed.filter(after.behind())
    return _marked(listed).order_by(*_ORDER)


def part_of(
    user: User,
    zone: ZoneInfo,
    *,
    after: Place | None = None,
    rows: int = ROWS,
    current: uuid.UUID | None = None,
) -> dict[str, Any]:
    """A part of a person's list by days in `zone`, and the address of the part after it; "" = that is all."""
    found = list(rows_of(user, after)[: rows + 1])
    shown, is_more = found[:rows], len(found) > rows
    today = timezone.localdate(timezone=zone)
    return {
        "groups": _grouped(shown, zone, current, today),
        "older": _address_after(shown[-1]) if is_more else "",
        "drawn": f"{zone.key} {today:%Y-%m-%d}",
    }


def put_away(user: User) -> tuple[QuerySet[Conversation], QuerySet[Conversation]]:
    """The archived ones, and the deleted ones that can still be restored; the latest first."""
    own = Conversation.objects.filter(owner=user).only("title")
    return (
        own.filter(deleted_at=None, archived_at__isnull=False).order_by("-archived_at", "-id"),
        own.filter(deleted_at__isnull=False).order_by("-deleted_at", "-id"),
    )


def _grouped(
    rows: Sequence[Conversation], zone: ZoneInfo, current: uuid.UUID | None, today: date
) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        day = timezone.localdate(row.updated_at, timezone=zone)
        label = _("Pinned") if row.pinned_at else days.label_of(day, today)
        groups.setdefault(label, []).append(_row_view(row) | {"is_current": row.pk == current})
    return [
        {"label": label, "rows": group, "is_pinned": group[0]["is_pinned"]} for label, group in groups.items()
    ]


def _marked(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    running = Generation.objects.filter(conversation=OuterRef("pk"), status__in=UNFINISHED)
    shared = queries.live_links().filter(conversation=OuterRef("pk"))
    columns = "title", "updated_at", "pinned_at", "archived_at", "deleted_at", "is_unread"
    return rows.only(*columns).annotate(is_running=Exists(running), is_shared=Exists(shared))


def _row_view(row: Any) -> dict[str, Any]:
    """A title in two parts: where there is no room for all of it, it is the first that is cut."""
    found = _END.search(row.title)
    start = row.title[: found.start()] if found else row.title
    return {
        "id": str(row.pk),
        "title": row.title,
        "title_start": start,
        "title_end": row.title[len(start) :],
        "url": queries.url_of(row.pk),
        "is_running": row.is_running,
        "is_shared": row.is_shared,
        "is_pinned": row.pinned_at is not None,
        "is_unread": row.is_unread,
    }


def _address_after(row: Conversation) -> str:
    place = Place(row.pinned_at, row.updated_at, row.pk)
    return f"{reverse('conversations:list')}?{urlencode({'after': str(place)})}"


def _written(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _moment(written: str) -> datetime:
    return _EPOCH + int(written) * _MICROSECOND
