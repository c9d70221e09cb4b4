"""allauth's pages in our look. Only these are mounted: whatever else allauth could do is closed."""

from typing import Any

from allauth.account import views
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User

_SHARED = "/s/"  # where shared conversations stand
_LOCKED_OUT_SECONDS = 300  # as in the sentence of `too_many_login_attempts`


class _Ours:
    """Keeps `site` ours: allauth would put its own, which knows but the host's name, in its place."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        context.pop("site", None)
        return context


class _SignIn(_Ours, views.LoginView):  # type: ignore[misc]
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Says, too, whether somebody handed them a link: they may never have heard of us. And whether anybody can."""
        context = super().get_context_data(**kwargs)
        goal = context["redirect_field_value"] or ""
        return context | {
            "is_for_shared": goal.startswith(_SHARED),
            "has_people": User.objects.exists(),
        }

    def form_invalid(self, form: Any) -> HttpResponse:
        """422, or 429 once too many attempts have failed, so that machines understand it too."""
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 422
        if form.has_error("__all__", "too_many_login_attempts"):
            response.status_code = 429
            response["Retry-After"] = str(_LOCKED_OUT_SECONDS)
        return response


class _ChangePassword(_Ours, views.PasswordChangeView):  # type: ignore[misc]
    def get_success_url(self) -> str:
        return reverse("accounts:settings")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password is changed. Everywhere else you are signed out."))
        response: HttpResponse = super().form_valid(form)
        return response


def _in_our_look(view: Any) -> Any:
    return type(view.__name__, (_Ours, view), {}).as_view()  # type: ignore[attr-defined]


sign_in = _SignIn.as_view()
sign_out = _in_our_look(views.LogoutView)
suspended = _in_our_look(views.AccountInactiveView)
change_password = login_required(_ChangePassword.as_view())
new_password = _in_our_look(views.PasswordResetFromKeyView)
reset_sent = _in_our_look(views.PasswordResetDoneView)
_mail_reset = _in_our_look(views.PasswordResetView)


def reset_password(request: HttpRequest) -> HttpResponse:
    """Mails a link where there is mail; elsewhere says whom to ask for one."""
    if settings.MAIL_IS_ON:
        response: HttpResponse = _mail_reset(request)
        return response
    return render(request, "account/password_reset_by_hand.html")


def no_sign_up(request: HttpRequest) -> HttpResponse:
    """Nobody joins without an invitation: says so, and whom to ask for one."""
    return render(request, "account/signup_closed.html", status=403)
