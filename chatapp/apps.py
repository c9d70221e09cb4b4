from django.apps import AppConfig


class ChatappConfig(AppConfig):
    """Wiring only; no app ever imports it."""

    name = "chatapp"
