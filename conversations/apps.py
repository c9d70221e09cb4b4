from importlib import import_module

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """What is said: conversations, replies, providers, sharing."""

    name = "conversations"

    def ready(self) -> None:
        """Listen to what `accounts` tells of and answer what it asks, once there are models."""
        import_module("conversations.money_hints")
        import_module("conversations.catalogue_names")
        import_module("conversations.actions.taking_over")
