"""What a conversation's next turns are asked for: instructions, sampling, length, the model."""

from django.http import HttpResponse, JsonResponse

from accounts.access import MemberRequest
from conversations import access, offers
from conversations.actions import settings
from conversations.forms import ChoicesForm, PickForm
from conversations.models import Conversation
from conversations.views.acts import act_on, given


@act_on(access.conversation_for)
def change(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """Keep what was set, for every turn from the next one on."""
    conversation = settings.change_settings(conversation=conversation, **given(request, ChoicesForm))
    return JsonResponse({"settings": offers.settings_view(conversation)})


@act_on(access.conversation_for)
def pick(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """Another model for the next turns."""
    conversation = settings.pick_model(conversation=conversation, slug=given(request, PickForm)["model"])
    return JsonResponse({"model": conversation.model.slug, "effort": conversation.effort})
