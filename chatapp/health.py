"""For whoever runs us: is the process alive, and can it serve? Neither tells a stranger anything more."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from chatapp import errors


def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all."""
    return HttpResponse("alive\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """200 when Postgres answers; Redis is not asked, since we serve without it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        answer = HttpResponse("no database\n", status=503, content_type="text/plain")
        return errors.told_already(answer)
    return HttpResponse("ready\n", content_type="text/plain")
