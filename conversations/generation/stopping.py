"""Asking a reply to end. What runs is ended by its worker, what waits for a worker here and now."""

import uuid

from django.db import transaction
from django.utils import timezone

from conversations import hints
from conversations.generation import finish
from conversations.models import UNFINISHED, Status


def stop(generation_id: uuid.UUID, *, seq: int | None) -> None:
    """Have a reply end with what was shown (`seq`; None = all); one that has not begun never begins.

    Of this and a worker that claims it at the same moment, whoever locks the row first decides. Repeating it, or
    stopping what has ended, changes nothing.
    """
    with transaction.atomic():
        generation = finish.locked(generation_id, status__in=UNFINISHED, stop_requested_at=None)
        if generation is None:
            return
        generation.stop_requested_at = timezone.now()
        generation.stop_seq = seq
        generation.save(update_fields=["stop_requested_at", "stop_seq"])
        if generation.status == Status.QUEUED:
            finish.finish_unbegun(generation)
        else:
            hints.wake_workers()
