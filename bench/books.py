"""A year of spending, written straight into the tables: entries, postings and counters as the ledger makes them."""

from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.utils import timezone

from accounts import rollups
from accounts.models import Books, Team, User

# Of every ten replies: who answers, the model, dollars per 1M tokens (read new, read again, written), the source.
_WAYS = (
    (6, "openrouter", "deepseek/deepseek-v4-flash", "0.14", "0.0028", "0.28", "reported"),
    (3, "routeway", "deepseek-v4-flash", "0.12", "0.04", "0.25", "priced"),
    (1, "deepseek", "deepseek-flash", "0.15", "0.003", "0.60", "estimated"),
)
ENTRIES_PER_REPLY = 3  # hold, release, charge


@dataclass(frozen=True, slots=True)
class Year:
    """How much is written."""

    replies: int
    people: int = 200
    teams: int = 12
    days: int = 365


def fill(year: Year) -> None:
    """Write it all, by a connection that has time, and close its days."""
    users = User.objects.bulk_create(
        User(email=f"member{n}@example.org", display_name=f"Member {n}", password="!")
        for n in range(year.people)
    )
    teams = Team.objects.bulk_create(Team(name=f"Team {n}") for n in range(year.teams))
    # Two of three pay from their team's budget.
    payers = [(n, user.pk, teams[n % len(teams)].pk if n % 3 else None) for n, user in enumerate(users)]
    slots = [way for way in _WAYS for _ in range(way[0])]
    now, zone = timezone.now(), {"zone": settings.TIME_ZONE}
    with psycopg.connect(settings.ENVIRONMENT.database_url) as connection, connection.cursor() as cursor:
        # Millions of references that cannot be wrong: checking them would take longer than all the rest.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(_PEOPLE)
        cursor.executemany("INSERT INTO bench_people VALUES (%s, %s, %s)", payers)
        cursor.execute(_WAYS_SQL)
        cursor.executemany(
            "INSERT INTO bench_ways VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [(slot, *way[1:]) for slot, way in enumerate(slots)],
        )
        figures = {"replies": year.replies, "people": year.people, "days": year.days, "now": now}
        cursor.execute(_REPLIES, figures)
        cursor.execute(_ENTRIES)
        cursor.execute(_WINDOWS, zone)
        cursor.execute(_POSTINGS, zone)
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")
    Books.objects.all().delete()  # the worker has closed the empty year already
    rollups.close_days(now)


_PEOPLE = "CREATE TEMP TABLE bench_people (n int, user_id uuid, team_id uuid) ON COMMIT DROP"
_WAYS_SQL = """
    CREATE TEMP TABLE bench_ways (slot int, provider text, model text, input text, again text, output text, source text)
    ON COMMIT DROP
"""
# Long prompts read again, now and then a new one; some thinking. Later days see more replies than early ones.
_REPLIES = """
    CREATE TEMP TABLE bench_replies ON COMMIT DROP AS
    SELECT gen_random_uuid() AS generation_id, gen_random_uuid() AS attempt_id, user_id, team_id, at,
           provider, model, source, prompt, cached, completion, reasoning,
           jsonb_build_object('input', input, 'cache_read', again, 'cache_write', input, 'output', output,
                              'is_billed', true, 'price_id', '', 'source', 'bench') AS rates,
           round((cached * again::numeric + (prompt - cached) * input::numeric + completion * output::numeric)
                 / 1000000, 12) AS cost
    FROM (
        SELECT g, %(now)s - %(days)s * interval '1 day' * (1 - sqrt(g::float / %(replies)s)) AS at,
               2000 + (random() * 30000)::int AS prompt, random() AS hit, 200 + (random() * 1500)::int AS completion
        FROM generate_series(1, %(replies)s) g
    ) made
    CROSS JOIN LATERAL (SELECT (prompt * hit * 0.9)::int AS cached, (completion * hit * 0.6)::int AS reasoning) used
    JOIN bench_people ON n = (g::bigint * 7919) %% %(people)s
    JOIN bench_ways ON slot = g %% 10
"""
_ENTRIES = """
    INSERT INTO accounts_ledgerentry
        (id, key, kind, amount, generation_id, attempt_id, user_id, team_id, source, details, note,
         counted_at, created_at)
    SELECT gen_random_uuid(), 'hold:' || generation_id, 'hold', cost * 3, generation_id, NULL::uuid, user_id,
           team_id, '', '{"max_tokens": 8192, "is_shortened": false}'::jsonb, '', at, at FROM bench_replies
    UNION ALL
    SELECT gen_random_uuid(), 'release:' || generation_id, 'release', -cost * 3, generation_id, NULL::uuid, user_id,
           team_id, '', '{}'::jsonb, '', at, at FROM bench_replies
    UNION ALL
    SELECT gen_random_uuid(), 'charge:' || attempt_id, 'charge', cost, generation_id, attempt_id, user_id, team_id,
           source, jsonb_build_object('provider', provider, 'model', model, 'prompt', prompt, 'cached', cached,
                                      'completion', completion, 'reasoning', reasoning, 'rates', rates), '', at, at
    FROM bench_replies
"""
# The month of the organisation, of the team and of the person.
_MONTHS = """
    SELECT 1 AS scope, '00000000-0000-0000-0000-000000000000'::uuid AS scope_id, e.id AS entry_id, e.kind, e.amount,
           date_trunc('month', e.counted_at, %(zone)s) AS starts_at FROM accounts_ledgerentry e
    UNION ALL
    SELECT 2, e.team_id, e.id, e.kind, e.amount, date_trunc('month', e.counted_at, %(zone)s)
    FROM accounts_ledgerentry e WHERE e.team_id IS NOT NULL
    UNION ALL
    SELECT 3, e.user_id, e.id, e.kind, e.amount, date_trunc('month', e.counted_at, %(zone)s)
    FROM accounts_ledgerentry e
"""
_WINDOWS = f"""
    INSERT INTO accounts_spendwindow (id, scope, scope_id, "window", starts_at, spent, held)
    SELECT gen_random_uuid(), scope, scope_id, 'month', starts_at, sum(amount) FILTER (WHERE kind = 'charge'), 0
    FROM ({_MONTHS}) m GROUP BY scope, scope_id, starts_at
"""  # noqa: S608 -- our own words
_POSTINGS = f"""
    INSERT INTO accounts_posting (entry_id, window_id, spent, held)
    SELECT m.entry_id, w.id, CASE WHEN m.kind = 'charge' THEN m.amount ELSE 0 END,
           CASE WHEN m.kind = 'charge' THEN 0 ELSE m.amount END
    FROM ({_MONTHS}) m
    JOIN accounts_spendwindow w ON (w.scope, w.scope_id, w."window", w.starts_at)
                                 = (m.scope, m.scope_id, 'month', m.starts_at)
"""  # noqa: S608 -- our own words
