"""The table of contents over HTTP."""

from django.urls import include, path

from accounts.admin import office
from accounts.urls import sign_in_urlpatterns
from chatapp import health

handler400 = "chatapp.errors.bad_request"
handler403 = "chatapp.errors.forbidden"
handler404 = "chatapp.errors.not_found"
handler500 = "chatapp.errors.server_error"

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("admin/", office.urls),
    path("account/", include(sign_in_urlpatterns)),
    path("", include("accounts.urls")),
    path("", include("conversations.urls")),
]
