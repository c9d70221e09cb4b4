"""allauth's documented hooks, kept thin."""

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Who may join and how mail leaves the house."""
