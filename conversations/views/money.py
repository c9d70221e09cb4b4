"""What a page shows of money, anew: after a reply was settled, after a limit changed."""

import uuid

from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, members_only
from conversations import access, spending


@never_cache
@require_safe
@members_only
def money(request: MemberRequest, conversation_id: uuid.UUID | None = None) -> HttpResponse:
    """The figures of one conversation's page, or of an empty one."""
    conversation = access.conversation_for(request.user, conversation_id) if conversation_id else None
    return JsonResponse(spending.money_for(request.user, conversation, request=request))
