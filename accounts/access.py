"""Who may enter a page. A stranger is asked to sign in; whoever may not enter learns nothing: 404."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from accounts.models import User

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request whose person is known."""

    user: User


_MemberView = Callable[Concatenate[MemberRequest, P], HttpResponse]
_View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def members_only(view: _MemberView[P]) -> _View[P]:
    """Lets anyone signed in enter; others come back here after signing in, machines get a 401."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)  # type: ignore[arg-type]
        if wants_json(request):
            return JsonResponse(
                {"error": {"code": "signed_out", "message": "You are signed out. Sign in to go on."}},
                status=401,
            )
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")

    return guarded


def administrators_only(view: _MemberView[P]) -> _View[P]:
    """Lets administrators enter; to everybody else who is signed in the page does not exist."""

    @wraps(view)
    def guarded(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_administrator:
            raise Http404
        return view(request, *args, **kwargs)

    return members_only(guarded)


def wants_json(request: HttpRequest) -> bool:
    """True when the caller is a script that asked for JSON."""
    return "application/json" in request.headers.get("Accept", "")
