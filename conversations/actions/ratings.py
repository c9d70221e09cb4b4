"""What somebody thinks of a reply. It changes nothing else, and nobody else reads the note."""

from django.utils import timezone

from accounts.models import User
from conversations.models import Message, Rating


def rate_reply(*, user: User, reply: Message, is_good: bool | None, note: str) -> Rating | None:
    """Keep it in place of what they thought before; None takes it back."""
    if is_good is None:
        Rating.objects.filter(reply=reply, user=user).delete()
        return None
    rating, _ = Rating.objects.update_or_create(
        reply=reply, user=user, defaults={"is_good": is_good, "note": note, "rated_at": timezone.now()}
    )
    return rating
