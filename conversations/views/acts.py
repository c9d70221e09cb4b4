"""The shape of every act: find what it is about, take the form, do it, answer; or say why it was not done.

A view says what it does and what came of it as JSON. Pages without scripts go back to the conversation instead.
"""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.forms import Form
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, members_only, wants_json
from accounts.ledger import BudgetRefused
from accounts.models import User
from conversations import queries
from conversations.models import Conversation, Generation, Message, QueuedMessage
from conversations.refusals import Refusal
from conversations.views.answers import invalid, refused

Subject = TypeVar("Subject", bound=Conversation | Message | Generation | QueuedMessage)


class Invalid(Exception):
    """A form that cannot be taken."""

    def __init__(self, form: Form) -> None:
        super().__init__(str(form.errors))
        self.form = form


def act_on(
    find: Callable[[User, uuid.UUID], Subject],
) -> Callable[[Callable[[MemberRequest, Subject], HttpResponse]], Callable[..., HttpResponse]]:
    """A view for an act on what `find`, one of `access`, gives the person for the id in the address."""

    def view_of(act: Callable[[MemberRequest, Subject], HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(act)
        @require_POST
        @members_only
        def view(request: MemberRequest, /, **address: uuid.UUID) -> HttpResponse:
            (key,) = address.values()
            subject = find(request.user, key)
            return answered(request, _page_of(subject), lambda: act(request, subject))

        return view

    return view_of


def answered(request: MemberRequest, back: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    """What came of an act. A refused one is told of where it was: to a script, or on the page `back`."""
    try:
        answer = act()
    except Invalid as fault:
        return invalid(request, fault.form, back)
    except (Refusal, BudgetRefused) as refusal:
        return refused(request, refusal, back)
    is_for_scripts = isinstance(answer, JsonResponse)
    return redirect(back) if is_for_scripts and not wants_json(request) else answer


def given(request: MemberRequest, form_class: type[Form]) -> dict[str, Any]:
    """What was posted, cleaned. Raises Invalid."""
    form = form_class(request.POST)
    if not form.is_valid():
        raise Invalid(form)
    return form.cleaned_data


def _page_of(subject: Conversation | Message | Generation | QueuedMessage) -> str:
    return queries.url_of(subject.pk if isinstance(subject, Conversation) else subject.conversation_id)
