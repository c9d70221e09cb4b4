"""Helper calls that nobody will end any more: their worker died, or what they were asked for is gone. Each is ended and
booked, so that no money stays held."""

from datetime import timedelta

import structlog
from django.db.models import Q
from django.utils import timezone

from conversations import stored_words
from conversations.generation import helper
from conversations.generation.attempts import Result
from conversations.generation.helper import Answer
from conversations.models import TitleCall, Trial
from conversations.providers.base import FaultCode

log = structlog.get_logger("parley.tasks")

# A call takes a minute and a half at most (`helper.CLOCKS`); one that waits to begin may wait for a worker.
LONGEST_CALL = timedelta(minutes=15)
LONGEST_WAIT = timedelta(days=1)


def settle() -> int:
    """End those that are left behind; returns how many. A worker that ends one meanwhile was first."""
    ended, now = 0, timezone.now()
    left = Q(started_at__lt=now - LONGEST_CALL) | Q(started_at=None, asked_at__lt=now - LONGEST_WAIT)
    for kind in (TitleCall, Trial):
        for call in kind.objects.filter(left, finished_at=None):
            was_asked = call.started_at is not None
            result = Result(call.pk, fault_code=FaultCode.CUT if was_asked else FaultCode.INTERNAL)
            is_ours = helper.finish(
                call, Answer(result, fault=helper.CUT if was_asked else stored_words.HELPER_LEFT)
            )
            if is_ours:
                log.warning("helper call was left behind", helper=kind.helper, provider=call.provider)
            ended += is_ours
    return ended
