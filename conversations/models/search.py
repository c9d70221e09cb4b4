from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from conversations.models.conversation import Conversation, Message


class SearchRow(models.Model):
    """What a finished message is found by. Written where its text becomes final, gone where it is deleted.

    Beside Message, not in it: its text is saved every second while it is written, and its words once.
    """

    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, primary_key=True, related_name="search_row"
    )
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    said_at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        indexes: ClassVar[list[Any]] = [
            GinIndex(fields=["words"], name="words_said"),
            models.Index(fields=["owner", "-said_at"], name="said_last"),
        ]
