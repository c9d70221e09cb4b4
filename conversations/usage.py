"""Spending by conversation. The ledger knows generations only, and outlives them; titles are joined here."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.usage import facts
from accounts.usage.facts import Span
from conversations import queries
from conversations.models import TitleCall, Trial

DEAREST = 10


@dataclass(frozen=True, slots=True)
class ConversationSpent:
    """One conversation in these days; those since deleted are one row, and so are titles that models were
    asked for, and the questions by which an administrator tried routes: without an address."""

    title: str
    url: str
    replies: int | None  # None = what was paid for is no reply
    spent: Decimal
    is_estimated: bool
    is_deleted: bool


def dearest_conversations(user: User, span: Span, most: int = DEAREST) -> list[ConversationSpent]:
    """The conversations a person spent most on, dearest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_DEAREST_SQL, [user.pk, *facts.bounds_of(span), most])
        return [_row(*row) for row in cursor.fetchall()]


# Charges and corrections of one person, by the index on person and time.
_DEAREST_SQL = f"""
    WITH spent AS (
        SELECT generation_id, sum(amount) AS amount,
               bool_or(kind = 'charge' AND source = 'estimated')
                   AND NOT bool_or(kind = 'correction') AS is_estimated,
               coalesce(max(details->>'helper'), '') AS helper,
               count(*) FILTER (WHERE {facts.IS_A_REPLY}) AS replies
        FROM accounts_ledgerentry e
        WHERE user_id = %s AND counted_at >= %s AND counted_at < %s AND kind IN ('charge', 'correction')
        GROUP BY generation_id
    )
    SELECT c.id, c.title, count(*), sum(spent.replies)::int, sum(spent.amount), bool_or(spent.is_estimated),
           spent.helper
    FROM spent
    LEFT JOIN conversations_generation g ON g.id = spent.generation_id
    LEFT JOIN conversations_conversation c ON c.id = g.conversation_id AND c.deleted_at IS NULL
    GROUP BY c.id, c.title, spent.helper
    HAVING sum(spent.amount) > 0
    ORDER BY sum(spent.amount) DESC, c.id
    LIMIT %s
"""  # noqa: S608 -- our own words only


def _row(
    conversation_id: uuid.UUID | None,
    title: str | None,
    asked: int,
    replies: int,
    spent: Decimal,
    is_estimated: bool,
    helper: str,
) -> ConversationSpent:
    helpers = {
        Trial.helper: ngettext("%(count)s test of a route", "%(count)s tests of routes", asked),
        TitleCall.helper: ngettext("%(count)s title", "%(count)s titles", asked),
    }
    helped = helpers.get(helper, "") % {"count": f"{asked:,}"}
    return ConversationSpent(
        title=title or helped or _("Deleted conversations"),
        url=queries.url_of(conversation_id) if conversation_id else "",
        replies=None if helper else replies,
        spent=spent,
        is_estimated=is_estimated,
        is_deleted=conversation_id is None and not helper,
    )
