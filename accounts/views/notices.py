"""The line about a window that runs low."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts import links
from accounts.access import MemberRequest, members_only, wants_json
from accounts.usage import notices


@require_POST
@members_only
def hide_notice(request: MemberRequest) -> HttpResponse:
    """Hides the line about a window that runs low, until that window ends, in this browser."""
    back = links.local_or(request.POST.get("next", ""), "/")
    answer: HttpResponse = JsonResponse({}) if wants_json(request) else redirect(back)
    notices.hide(request, answer, request.POST.get("window", ""))
    return answer
