"""What was spent, for administrators: by whom, on what, on which day."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import queries, sheets
from accounts.access import MemberRequest, administrators_only
from accounts.usage import facts, mine, spend

CSV_FIGURES = (
    "replies",
    "tokens read",
    "of these cached",
    "tokens written",
    "of these thinking",
    "dollars",
    "of these stated by the provider",
    "of these estimated",
)


@never_cache
@require_safe
@administrators_only
def index(request: MemberRequest) -> HttpResponse:
    """One table; its cut, its month and what narrows it stand in the address."""
    asked = _asked(request)
    found = spend.sums_of(asked)
    whole = facts.total(found)
    context: dict[str, Any] = {
        "asked": asked,
        "opening": _opening(asked, whole),
        "rows": spend.table(asked, found),
        "rest": spend.rest(found),
        "total": mine.figures(whole),
        "label": spend.LABELS[asked.by],
        "cuts": spend.cuts(asked),
        "conditions": spend.conditions(asked),
        "months": spend.months(asked),
        "csv": asked.address(),
        "saved": mine.saved_sentence(whole),
    }
    return render(request, "accounts/spend.html", context)


@require_safe
@administrators_only
def index_csv(request: MemberRequest) -> HttpResponseBase:
    """The same table as a file, to the last place."""
    asked = _asked(request)
    found = spend.sums_of(asked)
    names = spend.names_of(asked.by, (one.key[0] for one in found))
    rows = (
        [
            one.key[0] if asked.by == "day" else names[one.key[0]],
            *(one.replies, one.prompt, one.cached, one.completion, one.reasoning),
            *(one.spent, one.reported, one.estimated),
        ]
        for one in found
    )
    name = f"parley-spend-{asked.span.first:%Y-%m}-by-{asked.by}"
    return sheets.csv_file(name, (asked.by, *CSV_FIGURES), rows)


def _asked(request: MemberRequest) -> spend.Slice:
    try:
        return spend.slice_of(request.GET.dict())
    except spend.NoSuchSlice:
        raise Http404 from None


def _opening(asked: spend.Slice, whole: facts.Sum) -> str:
    """The organisation's month; of anything narrower, what it comes to."""
    is_now = asked.month.first <= facts.today() <= asked.month.last
    if is_now and not spend.conditions(asked):
        return queries.month_sentence(is_estimated=whole.is_estimated)
    when = f"{asked.day.day} {asked.day:%B}" if asked.day else f"{asked.month.first:%B %Y}"
    whose = [one["name"] for one in spend.conditions(asked) if one["label"] != str(spend.LABELS["day"])]
    return f"{when}{', ' if whose else ''}{', '.join(whose)}: {mine.cost_of(whole)}."
