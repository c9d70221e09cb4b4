"""What a page says about its language, and the catalogue that its scripts read.

English needs none: the scripts' sentences are English. Any other language costs a page one small script, which is
named by its content and so is asked for once, and which delays nothing but the scripts that speak.
"""

import hashlib
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.i18n import JavaScriptCatalog

from chatapp.languages import PAGE_SENTENCES, SOURCE

_FOR_EVER = "public, max-age=31536000, immutable"


def spoken(request: HttpRequest | None = None) -> dict[str, Any]:
    """For templates: the language of this page, the direction it is written in, its catalogue's address or None."""
    language = translation.get_language() or SOURCE
    is_source = language == SOURCE
    return {
        "spoken": {
            "language": language,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            "catalogue": None if is_source else reverse("catalogue", args=[language, _digest(language)]),
        }
    }


def catalogue(request: HttpRequest, language: str, digest: str) -> HttpResponse:
    """The sentences of the pages' scripts in this language; a page of an older release gets today's."""
    if language == SOURCE or language not in dict(settings.LANGUAGES):
        raise Http404
    answer = HttpResponse(_script(language), content_type="text/javascript; charset=utf-8")
    if digest == _digest(language):
        answer.headers["Cache-Control"] = _FOR_EVER
    return answer


class _Catalogue(JavaScriptCatalog):
    """Django's own, with our sentences only: those of its back office are no part of our pages."""

    domain = PAGE_SENTENCES
    packages = ["chatapp"]  # noqa: RUF012 - as Django declares it

    def get_paths(self, packages: list[str]) -> list[str]:
        return [str(path) for path in settings.LOCALE_PATHS]


@cache
def _script(language: str) -> bytes:
    with translation.override(language):
        return cast(HttpResponse, _Catalogue.as_view()(_get_request())).content


@cache
def _digest(language: str) -> str:
    return hashlib.sha256(_script(language)).hexdigest()[:12]


def _get_request() -> HttpRequest:
    request = HttpRequest()
    request.method = "GET"
    return request
