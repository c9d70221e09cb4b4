"""What people see when a request cannot be served: a page, or JSON for our scripts. Never a detail of ours."""

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not ours to answer: a wrong host, a broken form. Plain text, since no page may trust such a request."""
    sentence = "This request cannot be read."
    if _wants_json(request):
        return _json("bad_request", sentence, status=400)
    return HttpResponse(f"{sentence}\n", content_type="text/plain; charset=utf-8", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Known to exist, and not for this person."""
    if _wants_json(request):
        return _json("forbidden", "This is not open to you.", status=403)
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's key was missing or old, nearly always because the person signed in anew elsewhere."""
    sentence = "This page is older than your sign-in, so nothing was sent. Reload it and try again."
    if _wants_json(request):
        return _json("stale_page", sentence, status=403)
    return render(request, "403_csrf.html", {"sentence": sentence}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Absent, deleted and somebody else's look the same."""
    if _wants_json(request):
        return _json("not_found", "There is nothing here that you can open.", status=404)
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours. Rendered without looking anything up: what failed may be the database."""
    fault_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))[:8]
    if _wants_json(request):
        sentence = "The server met a fault of its own. Look before you repeat what you did."
        return _json("fault", sentence, status=500, id=fault_id)
    page = loader.get_template("500.html").render({"fault_id": fault_id})
    return HttpResponse(page, status=500)


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _json(code: str, message: str, *, status: int, **more: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message, **more}}, status=status)
