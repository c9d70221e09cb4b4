from django.apps import AppConfig
from django.conf import settings

from chatapp import reporting


class ChatappConfig(AppConfig):
    """Wiring only; no app ever imports it."""

    name = "chatapp"

    def ready(self) -> None:
        reporting.start(settings.ENVIRONMENT.sentry_dsn)
