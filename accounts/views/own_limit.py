"""A person's own lower limit, and the line about a window that runs low."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import links
from accounts.access import MemberRequest, members_only, wants_json
from accounts.actions import budgets
from accounts.actions.budgets import LimitRefused
from accounts.money_forms import OwnLimitForm
from accounts.usage import notices


@require_POST
@members_only
def set_own(request: MemberRequest) -> HttpResponse:
    """Sets or takes away a lower limit of one's own."""
    back = f"{reverse('conversations:my_usage')}#own"
    form = OwnLimitForm(request.POST)
    try:
        if not form.is_valid():
            raise LimitRefused(next(str(errors[0]) for errors in form.errors.values()))
        budgets.limit_oneself(user=request.user, **form.cleaned_data)
    except LimitRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    messages.success(
        request,
        _("You have no limit of your own for that now.")
        if form.cleaned_data["limit"] is None
        else _("Your own limit is saved. It holds from the next message."),
    )
    return redirect(back)


@require_POST
@members_only
def hide_notice(request: MemberRequest) -> HttpResponse:
    """Hides the line about a window that runs low, until that window ends, in this browser."""
    back = links.local_or(request.POST.get("next", ""), "/")
    answer: HttpResponse = JsonResponse({}) if wants_json(request) else redirect(back)
    notices.hide(request, answer, request.POST.get("window", ""))
    return answer
