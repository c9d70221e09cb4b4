import pytest
from asgiref.sync import markcoroutinefunction
from django.http import HttpRequest, HttpResponse

from chatapp.static_files import StaticFiles


async def nowhere(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)


@pytest.mark.parametrize(
    ("url", "is_immutable"),
    [
        ("/static/chunks/katex-4F2KQ7AB.js", True),
        ("/static/fonts/atkinson-9ZK2M1QP.woff2", True),
        ("/static/app.js", False),
        ("/static/chunks/katex.js", False),
        ("/elsewhere/report-4F2KQ7AB.js", False),
    ],
)
def test_only_names_that_change_with_their_content_are_kept_for_ever(url: str, is_immutable: bool) -> None:
    files = StaticFiles(markcoroutinefunction(nowhere))

    assert files.immutable_file_test("", url) is is_immutable
