"""A month of one model's replies, written straight into the tables, one call each, as workers leave them."""

import psycopg
from django.conf import settings
from django.utils import timezone

from accounts.models import Team, User
from conversations.actions import catalogue
from conversations.measured import rollups
from conversations.models import Conversation, Model

# Of every twenty replies: who answers, what the model is called there, dollars per 1M tokens (new, again, written),
# the usual wait in seconds, tokens a second, failures of a hundred.
_WAYS = (
    (12, "openrouter", "deepseek/deepseek-v4-flash", "0.14", "0.0028", "0.28", 0.7, 95, 1),
    (5, "routeway", "deepseek-v4-flash", "0.12", "0.04", "0.25", 1.3, 60, 4),
    (2, "deepseek", "deepseek-flash", "0.15", "0.003", "0.60", 0.9, 45, 2),
    (1, "demo", "deepseek-v4-flash", "0.14", "0.028", "0.28", 0.1, 50, 0),
)


def fill(replies: int, *, people: int = 40, days: int = 30) -> Model:
    """Write that many replies of the default model, and add up their hours and days."""
    model = catalogue.default_model()
    teams = Team.objects.bulk_create(Team(name=f"Department {n}") for n in range(5))
    users = User.objects.bulk_create(
        User(email=f"asker{n}@example.org", display_name=f"Asker {n}", password="!") for n in range(people)
    )
    talks = Conversation.objects.bulk_create(
        Conversation(owner=user, title="A month of questions", model=model, effort="high") for user in users
    )
    payers = [
        (n, talk.pk, talk.owner_id, teams[n % len(teams)].pk if n % 3 else None)
        for n, talk in enumerate(talks)
    ]
    slots = [way for way in _WAYS for _ in range(way[0])]
    figures = {"replies": replies, "people": people, "days": days, "now": timezone.now(), "model": model.pk}
    with psycopg.connect(_address()) as connection, connection.cursor() as cursor:
        # References that cannot be wrong: checking them would take longer than all the rest.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("CREATE TEMP TABLE b_people (n int, talk uuid, owner uuid, team uuid) ON COMMIT DROP")
        cursor.executemany("INSERT INTO b_people VALUES (%s, %s, %s, %s)", payers)
        cursor.execute(_WAYS_SQL)
        cursor.executemany(
            "INSERT INTO b_ways VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [(slot, *way[1:]) for slot, way in enumerate(slots)],
        )
        for statement in (_REPLIES, _MESSAGES, _GENERATIONS, _ATTEMPTS):
            cursor.execute(statement, figures)
        connection.commit()
        connection.autocommit = True
        cursor.execute("ANALYZE conversations_attempt, conversations_generation")
    rollups.remake()
    return model


def _address() -> str:
    """The database that is worked on: a test's, where a test asks."""
    name = settings.DATABASES["default"]["NAME"]
    return psycopg.conninfo.make_conninfo(settings.ENVIRONMENT.database_url, dbname=name)


_WAYS_SQL = """
    CREATE TEMP TABLE b_ways (slot int, provider text, model text, input text, again text, output text,
                              usual_wait float, usual_speed float, failures int) ON COMMIT DROP
"""
# More by day than by night; long prompts read again; waits and speeds spread as such things do.
_REPLIES = """
    CREATE TEMP TABLE b_replies ON COMMIT DROP AS
    SELECT gen_random_uuid() AS reply, gen_random_uuid() AS generation, talk, owner, team, provider, model,
           jsonb_build_object('input', input, 'cache_read', again, 'cache_write', input, 'output', output,
                              'is_billed', provider <> 'demo', 'price_id', '', 'source', 'bench') AS rates,
           at, did, CASE WHEN did = 'failed' THEN 0 ELSE prompt END AS prompt,
           CASE WHEN did = 'failed' THEN 0 ELSE cached END AS cached,
           CASE did WHEN 'failed' THEN 0 WHEN 'stopped' THEN completion / 4 ELSE completion END AS completion,
           CASE did WHEN 'failed' THEN 0 WHEN 'stopped' THEN reasoning / 4 ELSE reasoning END AS reasoning,
           at + wait * interval '1 second' AS first_at,
           at + (wait + completion / speed) * interval '1 second' AS ended_at,
           input::numeric AS input, again::numeric AS again, output::numeric AS output
    FROM (
        SELECT g, %(now)s - interval '10 minutes' - %(days)s * interval '1 day' * (1 - sqrt(random())) * 0.99 AS at,
               2000 + (random() * 30000)::int AS prompt, random() AS hit, 200 + (random() * 1500)::int AS completion,
               exp(0.5 * sqrt(-2 * ln(1 - random())) * cos(6.2832 * random())) AS spread,
               random() * 100 AS luck
        FROM generate_series(1, %(replies)s) g
    ) made
    CROSS JOIN LATERAL (SELECT (prompt * hit * 0.9)::int AS cached, (completion * hit * 0.6)::int AS reasoning) used
    JOIN b_people ON n = (g::bigint * 7919) %% %(people)s
    JOIN b_ways ON slot = g %% 20
    CROSS JOIN LATERAL (SELECT usual_wait * spread AS wait, usual_speed / sqrt(spread) AS speed,
                               CASE WHEN luck < failures THEN 'failed' WHEN luck > 97 THEN 'stopped'
                                    ELSE 'done' END AS did) how
"""
_MESSAGES = """
    INSERT INTO conversations_message (id, conversation_id, role, author_name, text, reasoning, reasoning_details,
                                       snapshot_seq, created_at, chosen_at)
    SELECT reply, talk, 'assistant', 'V4 Flash', '', '', '[]', 0, at, at FROM b_replies
"""
_GENERATIONS = """
    INSERT INTO conversations_generation
        (id, reply_id, conversation_id, owner_id, team_id, model_id, effort, provider, status, input_bound,
         max_tokens, highest_input_price, highest_output_price, is_shortened, queued_at, started_at, finished_at,
         worker, finish_reason, fault_code, fault)
    SELECT generation, reply, talk, owner, team, %(model)s, 'high', provider, did, prompt, 8192, input, output,
           false, at, at, ended_at, '', CASE did WHEN 'done' THEN 'stop' ELSE '' END,
           CASE did WHEN 'failed' THEN 'overloaded' ELSE '' END, ''
    FROM b_replies
"""
_ATTEMPTS = """
    INSERT INTO conversations_attempt
        (id, generation_id, number, provider, provider_name, upstream_model, upstream_id, served_by, served_model,
         fault_code, finish_reason, price, prompt_tokens, cached_tokens, cache_write_tokens, completion_tokens,
         reasoning_tokens, cost, cost_source, started_at, first_data_at, finished_at)
    SELECT gen_random_uuid(), generation, 1, provider, provider, model, '', '', '',
           CASE did WHEN 'failed' THEN 'overloaded' ELSE '' END, CASE did WHEN 'done' THEN 'stop' ELSE '' END,
           rates, prompt, cached, 0, completion, reasoning,
           round((cached * again + (prompt - cached) * input + completion * output) / 1000000, 12),
           CASE did WHEN 'failed' THEN 'nothing' WHEN 'stopped' THEN 'estimated' ELSE 'reported' END,
           at, CASE did WHEN 'failed' THEN NULL ELSE first_at END, ended_at
    FROM b_replies
"""
