"""What every page, as opposed to every static file, tells the browser and whoever crawls."""

from collections.abc import Awaitable, Callable
from typing import cast

import structlog
from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware
from django_structlog.middlewares import RequestMiddleware

from chatapp import database, secret_addresses
from conversations import days

Handler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

_ADMIN_PATH = "/admin/"
_TRUSTED_TYPES = ("require-trusted-types-for", "trusted-types")


class Compression(GZipMiddleware):
    """Compresses pages, but for those that show what an address asks for beside what is somebody's own.

    Another site can lead a browser there, and the length of such an answer would say whether the two are alike.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The response, compressed where it may be."""
        return response if "q" in request.GET else super().process_response(request, response)


@sync_and_async_middleware
def page_policy(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Pages are private: never stored by a cache, never indexed, secret addresses never referred to."""
    if iscoroutinefunction(get_response):
        answer_later = cast(AsyncHandler, get_response)

        async def later(request: HttpRequest) -> HttpResponseBase:
            return _apply(request, await answer_later(request))

        return later

    answer = cast(Handler, get_response)

    def now(request: HttpRequest) -> HttpResponseBase:
        return _apply(request, answer(request))

    return now


@sync_and_async_middleware
def readers_zone(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Moments are written in the time zone of whoever reads them, where their browser has said which that is."""
    if iscoroutinefunction(get_response):
        answer_later = cast(AsyncHandler, get_response)

        async def later(request: HttpRequest) -> HttpResponseBase:
            with timezone.override(days.zone_of(request)):
                return await answer_later(request)

        return later

    answer = cast(Handler, get_response)

    def now(request: HttpRequest) -> HttpResponseBase:
        with timezone.override(days.zone_of(request)):
            return answer(request)

    return now


class RequestLog(RequestMiddleware):
    """django-structlog's, which asks the database nothing: not for a log line, and not while it is away."""

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Name who is signed in, where somebody had to know that anyway."""
        user = getattr(request, "_cached_user", None)
        if user is not None and user.is_authenticated:
            structlog.contextvars.bind_contextvars(user_id=str(user.pk))

    def _process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if not (database.is_away(exception) or database.is_busy(exception)):
            super()._process_exception(request, exception)


def _apply(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
    if request.path.startswith(secret_addresses.PREFIXES):
        # They must not travel to another site, nor to our own next page. The origin alone may: with no referrer
        # at all a browser sends `Origin: null`, and the forms of these pages would be refused.
        response.headers["Referrer-Policy"] = "strict-origin"
    if request.path.startswith(_ADMIN_PATH):
        _without_trusted_types(response)
    return response


def _without_trusted_types(response: HttpResponseBase) -> None:
    """Django's admin writes HTML from its own scripts (jQuery): everything else of the policy stays."""
    policy = response.headers.get("Content-Security-Policy", "")
    kept = [part for part in policy.split("; ") if part.split(" ", 1)[0] not in _TRUSTED_TYPES]
    if policy:
        response.headers["Content-Security-Policy"] = "; ".join(kept)
