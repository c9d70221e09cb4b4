"""What a person spent, for themselves; asking for more, and limiting oneself."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import budgets, links, money, sheets, teams
from accounts.access import MemberRequest, members_only, wants_json
from accounts.actions import budgets as budget_acts
from accounts.actions import requests
from accounts.actions.budgets import LimitRefused
from accounts.budgets import Left
from accounts.form_refusals import told_in
from accounts.models import Team
from accounts.money_forms import AskForm, OwnLimitForm
from accounts.usage import asked, facts, mine, pace, windows_shown
from accounts.usage.facts import By, Of, Span
from conversations import usage


@never_cache
@require_safe
@members_only
def my_usage(request: MemberRequest) -> HttpResponse:
    """This month, or the one of `?month=2026-10`."""
    return _page(request, _month_asked_for(request))


@never_cache
@require_POST
@members_only
def ask(request: MemberRequest) -> HttpResponse:
    """Asks for more; then back to where it was asked. What is refused comes back in its form."""
    form = AskForm(request.POST, user=request.user)
    if form.is_valid():
        with told_in(form, None, LimitRefused):
            requests.ask_for_more(user=request.user, **form.cleaned_data)
            return _heard(request, form.cleaned_data["team"])
    if wants_json(request):
        fault = next(str(errors[0]) for errors in form.errors.values())
        return JsonResponse({"error": {"code": "invalid", "message": fault}}, status=422)
    return _page(request, pace.month_of(facts.today()), ask_form=form, back=request.POST.get("next", ""))


@never_cache
@require_POST
@members_only
def limit_oneself(request: MemberRequest) -> HttpResponse:
    """Sets or takes away a lower limit of one's own."""
    form = OwnLimitForm(request.POST)
    if form.is_valid():
        with told_in(form, "limit", LimitRefused):
            budget_acts.limit_oneself(user=request.user, **form.cleaned_data)
            messages.success(
                request,
                _("You have no limit of your own for that now.")
                if form.cleaned_data["limit"] is None
                else _("Your own limit is saved. It holds from the next message."),
            )
            return redirect(f"{reverse('conversations:my_usage')}#own")
    return _page(request, pace.month_of(facts.today()), own_form=form)


@require_safe
@members_only
def my_usage_csv(request: MemberRequest) -> HttpResponseBase:
    """The same month by day, provider and model."""
    span = _month_asked_for(request)
    found = facts.sums(By.DAY, By.PROVIDER, By.MODEL, span=span, of=Of(user=request.user.pk))
    rows = (
        [
            *one.key,
            one.replies,
            one.prompt,
            one.cached,
            one.completion,
            one.reasoning,
            one.spent,
            one.estimated,
        ]
        for one in sorted(found, key=lambda one: one.key)
    )
    return sheets.csv_file(f"parley-usage-{span.first:%Y-%m}", CSV_HEAD, rows)


CSV_HEAD = (
    "day",
    "provider",
    "model",
    "replies",
    "tokens read",
    "of these cached",
    "tokens written",
    "of these thinking",
    "dollars",
    "of these estimated",
)


def _heard(request: MemberRequest, team: Team | None) -> HttpResponse:
    sentence = _("It waits for an administrator. You can keep writing; drafts are saved.")
    if team is not None:
        sentence = _(
            "It waits for a manager of %(team)s or an administrator. You can keep writing; drafts are saved."
        ) % {"team": team.name}
    if wants_json(request):
        return JsonResponse({"message": sentence}, status=201)
    messages.success(request, sentence)
    return redirect(links.local_or(request.POST.get("next", ""), f"{reverse('conversations:my_usage')}#ask"))


def _page(request: MemberRequest, span: Span, **changed: Any) -> HttpResponse:
    month = mine.month_of(Of(user=request.user.pk), span)
    is_now = span.first <= facts.today() <= span.last
    standing = budgets.standing_of(request.user) if is_now else []
    context: dict[str, Any] = {
        "span": span,
        "month_before": pace.month_before(span).first,
        "month_after": None if is_now else pace.month_after(span).first,
        "is_now": is_now,
        "opening": _opening(standing, month) if is_now else _past_opening(month),
        "windows": windows_shown.rows_for(request.user, standing) if is_now else [],
        "pace": _pace(standing, month) if is_now else None,
        "models": mine.model_rows(month),
        "days": mine.day_rows(month),
        "saved": mine.saved_sentence(month.total),
        "dearest": _dearest(request, span),
    }
    if is_now:
        context |= {
            "own_form": OwnLimitForm(),
            "ask_form": AskForm(user=request.user),
            "asked": asked.latest_of(request.user),
            "managed": [] if request.user.is_administrator else teams.managed_by(request.user),
        }
    return render(request, "accounts/usage.html", context | changed, status=422 if changed else 200)


def _month_asked_for(request: MemberRequest) -> Span:
    """The whole month; 404 for what is none, and for months to come."""
    wanted = request.GET.get("month", "")
    if not wanted:
        return pace.month_of(facts.today())
    try:
        first = date.fromisoformat(f"{wanted}-01")
    except ValueError:
        raise Http404 from None
    if not date(2020, 1, 1) <= first <= facts.today():
        raise Http404
    return pace.month_of(first)


def _opening(standing: Sequence[Left], month: mine.Month) -> str:
    return windows_shown.month_words(windows_shown.month_of(standing), is_estimated=month.total.is_estimated)


def _past_opening(month: mine.Month) -> str:
    return f"{month.span.first:%B %Y}: {mine.cost_of(month.total)}."


def _pace(standing: Sequence[Left], month: mine.Month) -> dict[str, Any] | None:
    own = windows_shown.month_of(standing)
    return mine.pace_drawing(month, spent=month.total.spent, limit=own.limit, at=own.at)


def _dearest(request: MemberRequest, span: Span) -> list[dict[str, Any]]:
    return [
        {
            "title": one.title,
            "url": one.url,
            "is_deleted": one.is_deleted,
            "replies": "–" if one.replies is None else f"{one.replies:,}",
            "cost": money.marked(money.format_cost(one.spent), is_estimated=one.is_estimated),
        }
        for one in usage.dearest_conversations(request.user, span)
    ]
