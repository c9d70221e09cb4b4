"""Who is signed in in this browser, for pages that stood open while that changed."""

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET


@require_GET
@never_cache
def session(request: HttpRequest) -> JsonResponse:
    """The person's id, "" for a stranger, and the token that forms need from now on."""
    user = request.user
    return JsonResponse({"user": str(user.pk) if user.is_authenticated else "", "csrf": get_token(request)})
