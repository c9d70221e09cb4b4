"""What a branch weighs as a prompt, added up by the database: no text is read for it, however long it is."""

import uuid
from dataclasses import dataclass

from django.db import connection

from accounts.models import CostSource
from conversations.models import Status

# A text's length is known without its being read. Of several calls of a reply the last was told what the others
# wrote, so its count alone holds them; one that asked for tools was not told what they said. A reply that goes on
# from another has the carried text in its prompt's count and not in its answer's: together they are all of it in any
# case.
_WEIGH_SQL = """
    WITH RECURSIVE branch AS (
        SELECT id, parent_id, octet_length(text) + CASE WHEN %(tools)s THEN octet_length(reasoning)
            + octet_length(hops::text) ELSE 0 END AS bytes, 0 AS depth
        FROM conversations_message WHERE id = %(tip)s
        UNION ALL
        SELECT m.id, m.parent_id, octet_length(m.text) + CASE WHEN %(tools)s THEN octet_length(m.reasoning)
            + octet_length(m.hops::text) ELSE 0 END, b.depth + 1
        FROM conversations_message m JOIN branch b ON m.id = b.parent_id
    ), counted AS (
        SELECT b.depth, a.prompt_tokens::bigint + a.completion_tokens AS tokens
        FROM branch b
        JOIN conversations_generation g ON g.reply_id = b.id AND g.status = %(done)s AND g.model_id = %(model)s
        JOIN conversations_attempt a ON a.generation_id = g.id
          AND a.number = (SELECT max(number) FROM conversations_attempt WHERE generation_id = g.id)
        WHERE a.cost_source = ANY(%(told)s) AND a.prompt_tokens > 0 AND a.completion_tokens > 0
          AND a.finish_reason NOT IN ('', 'tool_calls') AND (NOT %(tools)s OR g.tools <> '[]')
        ORDER BY b.depth LIMIT 1
    )
    SELECT count(*), coalesce(sum(bytes), 0), coalesce(max(c.tokens), 0),
           count(*) FILTER (WHERE c.depth IS NULL OR b.depth < c.depth),
           coalesce(sum(bytes) FILTER (WHERE c.depth IS NULL OR b.depth < c.depth), 0)
    FROM branch b LEFT JOIN counted c ON true
"""

_TOLD = [CostSource.REPORTED.value, CostSource.PRICED.value, CostSource.LOOKED_UP.value]


@dataclass(frozen=True, slots=True)
class Weight:
    """`bytes` of UTF-8 in so many `messages`; of these, `counted` tokens are what a provider counted of all but the
    last `messages_since`, which have `bytes_since`. Where nobody counted, all are since."""

    messages: int
    bytes: int
    counted: int
    messages_since: int
    bytes_since: int


def weight_of(tip_id: uuid.UUID | None, model_id: uuid.UUID, *, with_tools: bool = False) -> Weight:
    """The branch from its first message to this one. A count is that of the last finished reply by this model
    whose last call was counted and answered.

    With tools, each reply is sent with what it thought and what its tools said; only a count of a reply that had
    tools itself holds that.
    """
    asked = {"tip": tip_id, "done": Status.DONE.value, "model": model_id, "told": _TOLD, "tools": with_tools}
    with connection.cursor() as cursor:
        cursor.execute(_WEIGH_SQL, asked)
        return Weight(*map(int, cursor.fetchone()))
