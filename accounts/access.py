"""Who may enter a page. A stranger is asked to sign in; whoever may not enter learns nothing: 404."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from accounts.models import User

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)  # a page, or a file that is streamed


class MemberRequest(HttpRequest):
    """A request whose person is known."""

    user: User


_MemberView = Callable[Concatenate[MemberRequest, P], R]
_View = Callable[Concatenate[HttpRequest, P], R | HttpResponse]


def members_only(view: _MemberView[P, R]) -> _View[P, R]:
    """Lets anyone signed in enter; others come back here after signing in, machines get a 401."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R | HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)  # type: ignore[arg-type]
        if wants_json(request):
            return JsonResponse(
                {"error": {"code": "signed_out", "message": _("You are signed out. Sign in to go on.")}},
                status=401,
            )
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")

    return guarded


def administrators_only(view: _MemberView[P, R]) -> _View[P, R]:
    """Lets administrators enter; to everybody else who is signed in the page does not exist."""

    @wraps(view)
    def guarded(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> R | HttpResponse:
        if not request.user.is_administrator:
            raise Http404
        return view(request, *args, **kwargs)

    return members_only(guarded)


def wants_json(request: HttpRequest) -> bool:
    """True when the caller is a script that asked for JSON."""
    return "application/json" in request.headers.get("Accept", "")
