"""What people see when a request cannot be served: a page, or JSON for our scripts. Never a detail of ours.

No page here looks anything up, not even who asks: Django renders them in threads of their own, where nobody gives
a database connection back, and what failed may be the database.
"""

import sys

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

from accounts import context
from chatapp import database
from chatapp.languages import pages

log = structlog.get_logger("parley.pages")

RETRY_AFTER_SECONDS = 2


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not ours to answer: a wrong host, a broken form. Plain text, since no page may trust such a request."""
    sentence = _("This request cannot be read.")
    if _wants_json(request):
        return _json("bad_request", sentence, status=400)
    return HttpResponse(f"{sentence}\n", content_type="text/plain; charset=utf-8", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Known to exist, and not for this person."""
    if _wants_json(request):
        return _json("forbidden", _("This is not open to you."), status=403)
    return _page(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's key was missing or old, nearly always because the person signed in anew elsewhere."""
    sentence = _("This page is older than your sign-in, so nothing was sent. Reload it and try again.")
    if _wants_json(request):
        return _json("stale_page", sentence, status=403)
    return _page(request, "403_csrf.html", status=403, sentence=sentence)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Absent, deleted and somebody else's look the same."""
    if _wants_json(request):
        sentence = _("This is not here any more. It was deleted, or is not shared with you.")
        return _json("not_found", sentence, status=404)
    return _page(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A database that is not to be had just now, or else a fault of ours, with a number to find it by."""
    fault = sys.exc_info()[1]
    if database.is_away(fault):
        return _not_now(request, fault, code="database_away", heading=_("Parley cannot reach its database"))
    if database.is_busy(fault):
        return _not_now(request, fault, code="busy", heading=_("Parley is busy just now"))
    fault_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))[:8]
    if _wants_json(request):
        sentence = _("The server met a fault of its own. Look before you repeat what you did.")
        return _json("fault", sentence, status=500, id=fault_id)
    return _page(request, "500.html", status=500, fault_id=fault_id)


def _not_now(request: HttpRequest, fault: BaseException | None, *, code: str, heading: str) -> HttpResponse:
    """One line in the log, not two tracebacks a page; and whoever asked may ask again."""
    log.warning("page not served", path=request.path, code=code, fault=str(fault)[:200])
    sentence = _("What was saved is safe; try again in a moment.")
    if _wants_json(request):
        answer: HttpResponse = _json(code, f"{heading}. {sentence}", status=503)
    else:
        again = request.get_full_path() if request.method == "GET" else "/"
        answer = _page(request, "503.html", status=503, heading=heading, sentence=sentence, again=again)
    answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return told_already(answer)


def told_already(answer: HttpResponse) -> HttpResponse:
    """An answer that Django need not write to the log as an error of ours."""
    answer._has_been_logged = True  # type: ignore[attr-defined]  # read by django.utils.log.log_response
    return answer


def _page(request: HttpRequest, template: str, *, status: int, **more: str) -> HttpResponse:
    """As for somebody unknown: without `request` no context processor runs, so there is no sidebar to read."""
    page = loader.get_template(template).render(context.site(request) | pages.spoken() | more)
    return HttpResponse(page, status=status)


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _json(code: str, message: str, *, status: int, **more: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message, **more}}, status=status)
