"""The page within the page in which diagrams are drawn. It knows nobody and nothing."""

from csp.decorators import csp
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

# The one page that is exempt from the strict policy: mermaid writes styles and HTML. In exchange it has an origin of
# its own (`sandbox`, also when it is opened by itself), can fetch nothing, and only our pages may frame it.
POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'unsafe-inline'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-scripts"],
}


@require_safe
@xframe_options_sameorigin
@csp(POLICY)
def frame(request: HttpRequest) -> HttpResponse:
    """An empty page with mermaid, told what to draw by messages (`static/src/diagram_frame.ts`)."""
    return render(request, "conversations/diagram_frame.html")
