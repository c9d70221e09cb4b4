"""Who pays for a conversation."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, wants_json
from conversations import access
from conversations.actions import payer
from conversations.forms import PayerForm
from conversations.models import Conversation
from conversations.views.acts import act_on, given


@act_on(access.conversation_for)
def choose(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """A team pays from the next turn on (`team`), or without one the person by themselves."""
    team_id = given(request, PayerForm)["team"]
    conversation = payer.choose_payer(user=request.user, conversation=conversation, team_id=team_id)
    if not wants_json(request):
        messages.success(request, _("Saved. It holds from the next message."))
    return JsonResponse({"team": str(conversation.team_id or "")})
