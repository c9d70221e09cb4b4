"""The one statement that adds attempts up, by hour or day, model and provider.

What counts as what:
- An attempt belongs to the stretch it began in, and counts once it has ended.
- Judged is what says something about the provider: not our own faults, and nothing that a person stopped or a
  worker left before the first token. Answered is what was judged and brought no fault; a stopped answer is one.
- Tokens and cost are of all of them, estimates included: they were paid.
- A wait is from our call to the first token, of thinking or answer. A speed is tokens after the first one by the
  time they took, of answers that ended by themselves, were counted by the provider, and are long enough to tell.
"""

from typing import Any

from accounts import windows
from accounts.models import CostSource
from conversations.measured import judging
from conversations.measured.steps import WIDTH
from conversations.models import Status

# Shorter ones come in a piece or two: their speed is the network's.
LEAST_TOKENS = 20

COUNTS = ("attempts", "judged", "answered", "stopped", "prompt", "cached", "completion", "reasoning")
DOLLARS = ("cost", "estimated", "part_cached", "part_new", "part_thinking", "part_answer")
FIGURES = (*COUNTS, *DOLLARS)
COLUMNS = ("starts_at", "model_id", "provider", *FIGURES, "waits", "speeds", "teams")

_CALLS = f"""
    SELECT date_trunc(%(unit)s, a.started_at, %(zone)s) AS starts_at, g.model_id, a.provider, g.team_id,
           j.is_judged, j.is_judged AND a.fault_code = '' AS is_answered,
           a.fault_code = '' AND g.status = %(stopped)s AS is_stopped,
           t.prompt, t.cached, t.completion, t.reasoning, coalesce(a.cost, 0) AS cost,
           CASE WHEN a.cost_source = %(estimated)s THEN coalesce(a.cost, 0) ELSE 0 END AS estimated,
           p.cached AS part_cached, p.new AS part_new, p.thinking AS part_thinking,
           coalesce(a.cost, 0) - p.cached - p.new - p.thinking AS part_answer,
           CASE WHEN s.wait > 0 THEN floor(ln(s.wait) / ln(%(width)s))::int END AS wait_step,
           CASE WHEN s.took > 0 AND t.completion >= %(least)s AND a.fault_code = '' AND g.status = %(done)s
                     AND a.cost_source <> %(estimated)s
                THEN floor(ln((t.completion - 1) / s.took) / ln(%(width)s))::int END AS speed_step
    FROM conversations_attempt a
    JOIN conversations_generation g ON g.id = a.generation_id
    CROSS JOIN LATERAL (SELECT {judging.IS_JUDGED} AS is_judged) j
    CROSS JOIN LATERAL (SELECT coalesce(a.prompt_tokens, 0) AS prompt, coalesce(a.cached_tokens, 0) AS cached,
                               coalesce(a.completion_tokens, 0) AS completion,
                               coalesce(a.reasoning_tokens, 0) AS reasoning) t
    CROSS JOIN LATERAL (SELECT extract(epoch FROM a.first_data_at - a.started_at)::float AS wait,
                               extract(epoch FROM a.finished_at - a.first_data_at)::float AS took) s
    CROSS JOIN LATERAL (SELECT coalesce((a.price->>'input')::numeric, 0) AS input,
                               coalesce((a.price->>'cache_read')::numeric, 0) AS cache_read,
                               coalesce((a.price->>'output')::numeric, 0) AS output) r
    CROSS JOIN LATERAL (SELECT t.cached * r.cache_read AS cached, (t.prompt - t.cached) * r.input AS new,
                               t.reasoning * r.output AS thinking,
                               (t.completion - t.reasoning) * r.output AS answer) raw
    CROSS JOIN LATERAL (SELECT nullif(raw.cached + raw.new + raw.thinking + raw.answer, 0) AS total) w
    -- To the last place that is kept, so that sums of hours are those of their day. The answer has the rest, and
    -- without rates all of it.
    CROSS JOIN LATERAL (SELECT coalesce(trunc(a.cost * raw.cached / w.total, 12), 0) AS cached,
                               coalesce(trunc(a.cost * raw.new / w.total, 12), 0) AS new,
                               coalesce(trunc(a.cost * raw.thinking / w.total, 12), 0) AS thinking) p
    WHERE a.started_at >= %(since)s AND a.started_at < %(until)s AND a.finished_at IS NOT NULL
      AND (%(model)s::uuid IS NULL OR g.model_id = %(model)s)
"""  # noqa: S608 -- our own words only
_KEY = "starts_at, model_id, provider"


def _counted(column: str) -> str:
    return f"""
        SELECT {_KEY}, jsonb_object_agg({column}, n) AS found FROM (
            SELECT {_KEY}, {column}, count(*) AS n FROM calls WHERE {column} IS NOT NULL GROUP BY {_KEY}, {column}
        ) c GROUP BY {_KEY}
    """  # noqa: S608 -- our own words only


# In the order of COLUMNS.
SUMS = f"""
    WITH calls AS MATERIALIZED ({_CALLS}),
    figures AS (
        SELECT {_KEY}, count(*) AS attempts, count(*) FILTER (WHERE is_judged) AS judged,
               count(*) FILTER (WHERE is_answered) AS answered, count(*) FILTER (WHERE is_stopped) AS stopped,
               sum(prompt) AS prompt, sum(cached) AS cached, sum(completion) AS completion,
               sum(reasoning) AS reasoning, sum(cost) AS cost, sum(estimated) AS estimated,
               sum(part_cached) AS part_cached, sum(part_new) AS part_new,
               sum(part_thinking) AS part_thinking, sum(part_answer) AS part_answer
        FROM calls GROUP BY {_KEY}
    ),
    waits AS ({_counted("wait_step")}),
    speeds AS ({_counted("speed_step")}),
    teams AS (
        SELECT {_KEY}, jsonb_object_agg(team, jsonb_build_array(n, tokens, cost::text)) AS found FROM (
            SELECT {_KEY}, coalesce(team_id::text, '') AS team, count(*) AS n,
                   sum(prompt + completion) AS tokens, sum(cost) AS cost
            FROM calls GROUP BY {_KEY}, team_id
        ) c GROUP BY {_KEY}
    )
    SELECT {_KEY}, {", ".join(FIGURES)}, coalesce(waits.found, '{{}}') AS waits,
           coalesce(speeds.found, '{{}}') AS speeds, coalesce(teams.found, '{{}}') AS teams
    FROM figures LEFT JOIN waits USING ({_KEY}) LEFT JOIN speeds USING ({_KEY}) LEFT JOIN teams USING ({_KEY})
"""  # noqa: S608


def values(**which: Any) -> dict[str, Any]:
    """What the statement asks for. `unit`, `since` and `until` are the caller's; `model` None = all of them."""
    return {
        "zone": windows.zone().key,
        "stopped": Status.STOPPED.value,
        "done": Status.DONE.value,
        "estimated": CostSource.ESTIMATED.value,
        "ours": judging.OURS,
        "width": WIDTH,
        "least": LEAST_TOKENS,
        "model": None,
        **which,
    }
