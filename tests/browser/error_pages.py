"""The pages that say why there is none, as the server makes them: some have no address to ask for."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import RequestFactory
from playwright.sync_api import Page

from chatapp import errors


def _fault(fault: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def answered(request: HttpRequest) -> HttpResponse:
        try:
            raise fault
        except type(fault):
            return errors.server_error(request)

    return answered


ERRORS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "error-forbidden": lambda request: errors.forbidden(request, PermissionDenied()),
    "error-stale-page": errors.csrf_failure,
    "error-too-many": lambda request: render(request, "429.html", status=429),
    "error-fault": _fault(RuntimeError()),
    "error-database-away": _fault(OperationalError()),
}


def show_error(page: Page, name: str) -> None:
    """Open it at an address of its own, as if the server had answered so."""
    answer = ERRORS[name](RequestFactory().get("/"))
    address = f"/{name}/"
    page.route(
        f"**{address}",
        lambda route: route.fulfill(
            status=answer.status_code, body=answer.content, content_type="text/html; charset=utf-8"
        ),
    )
    page.goto(address)
