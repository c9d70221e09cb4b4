"""What a conversation's next turns are asked for: instructions, sampling, length, the model."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, members_only
from conversations import access, offers
from conversations.actions import settings
from conversations.forms import ChoicesForm, PickForm
from conversations.models import Conversation
from conversations.views.acts import act_on, answered, given


@act_on(access.conversation_for)
def change(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """Keep what was set, for every turn from the next one on."""
    conversation = settings.change_settings(conversation=conversation, **given(request, ChoicesForm))
    return JsonResponse({"settings": offers.settings_view(conversation)})


@require_POST
@members_only
def check(request: MemberRequest) -> HttpResponse:
    """Whether a conversation could begin with this; nothing is kept but on the page, until its first message."""
    return answered(
        request, "/", lambda: JsonResponse({"settings": offers.shown(given(request, ChoicesForm))})
    )


@act_on(access.conversation_for)
def pick(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """Another model for the next turns."""
    conversation = settings.pick_model(conversation=conversation, slug=given(request, PickForm)["model"])
    return JsonResponse({"model": conversation.model.slug, "effort": conversation.effort})
