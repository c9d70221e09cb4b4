"""allauth's documented hooks, kept thin.

A person's one address is `User.email`; allauth's own table of addresses stays empty.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy

from accounts import links
from accounts.models import User


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Who may join, where one may be sent, and in which words a sign-in is refused."""

    error_messages = DefaultAccountAdapter.error_messages | {
        # The same words whether or not there is such an address.
        "email_password_mismatch": gettext_lazy("This address and this password do not belong together."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Wait five minutes, then sign in."),
        "enter_current_password": gettext_lazy("This is not your current password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody joins without an invitation, which has a page of its own."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """After signing in one goes to a page of this site, whatever `next` says."""
        return links.is_local(url)

    def ajax_response(
        self,
        request: HttpRequest,
        response: HttpResponse,
        redirect_to: str | None = None,
        form: BaseForm | None = None,
        data: Any = None,
    ) -> HttpResponse:
        """For our own scripts, in their dialect: where to go on, or the first sentence that says why not."""
        if redirect_to is not None:
            return JsonResponse({"location": redirect_to})
        errors = list(form.errors.values()) if form is not None else []
        sentence = str(errors[0][0]) if errors else ""
        refusal = JsonResponse(
            {"error": {"code": "invalid", "message": sentence}}, status=response.status_code
        )
        if "Retry-After" in response:
            refusal["Retry-After"] = response["Retry-After"]
        return refusal

    def set_password(self, user: User, password: str) -> None:
        """Saves the password alone: a suspension made in the meantime stands."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Says nothing: the page that follows an act shows what it did."""
