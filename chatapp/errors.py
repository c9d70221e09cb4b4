"""What people see when a request cannot be served."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's key was missing or old, nearly always because the person signed in anew elsewhere."""
    sentence = "This page is older than your sign-in, so nothing was sent. Reload it and try again."
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"error": {"code": "stale_page", "message": sentence}}, status=403)
    return render(request, "403_csrf.html", {"sentence": sentence}, status=403)
