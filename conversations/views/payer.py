"""Who pays for a conversation."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, members_only, wants_json
from conversations import access, queries
from conversations.actions import payer
from conversations.forms import PayerForm
from conversations.refusals import Refusal
from conversations.views.answers import invalid, refused


@require_POST
@members_only
def choose(request: MemberRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """A team pays from the next turn on (`team`), or without one the person by themselves."""
    conversation = access.conversation_for(request.user, conversation_id)
    back = queries.url_of(conversation.pk)
    form = PayerForm(request.POST)
    if not form.is_valid():
        return invalid(request, form, back)
    try:
        conversation = payer.choose_payer(
            user=request.user, conversation=conversation, team_id=form.cleaned_data["team"]
        )
    except Refusal as refusal:
        return refused(request, refusal, back)
    if wants_json(request):
        return JsonResponse({"team": str(conversation.team_id or "")})
    messages.success(request, "Saved. It holds from the next message.")
    return redirect(back)
