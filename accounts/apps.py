from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and money. Never imports `conversations`."""

    name = "accounts"
