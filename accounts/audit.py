"""Who changed what about people, money, keys and links. Never a secret, never a message."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import AuditEntry, User


def record(
    *,
    actor: User | None,
    action: str,
    target: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    note: str = "",
) -> AuditEntry:
    """Write who did what (`"user.suspended"`) to whom, in the transaction that does it.

    Without an actor it was the system or the command line.
    """
    return AuditEntry.objects.create(
        actor_id=actor.pk if actor else None,
        actor_name=actor.display_name if actor else "",
        action=action,
        target=target[:120],
        before=_plain(before),
        after=_plain(after),
        note=note,
    )


def _plain(values: Mapping[str, Any]) -> Any:
    """The values as JSON can keep them: amounts, ids and times as text."""
    return json.loads(json.dumps(dict(values), cls=DjangoJSONEncoder))
