"""What the sidebar shows of conversations, anew: a page that was away has missed hints."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, members_only
from conversations import queries


@never_cache
@require_safe
@members_only
def marks(request: MemberRequest) -> HttpResponse:
    """The conversations that are being written in, those that are shared and those that are unread."""
    return JsonResponse(queries.sidebar_marks(request.user))
