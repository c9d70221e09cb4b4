from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """What is said: conversations, replies, providers, sharing."""

    name = "conversations"
