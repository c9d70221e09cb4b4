"""The table of contents over HTTP."""

from django.urls import include, path

from accounts.admin import office
from accounts.urls import sign_in_urlpatterns
from chatapp import health
from chatapp.languages import pages

handler400 = "chatapp.errors.bad_request"
handler403 = "chatapp.errors.forbidden"
handler404 = "chatapp.errors.not_found"
handler500 = "chatapp.errors.server_error"

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("words/<str:language>-<slug:digest>.js", pages.catalogue, name="catalogue"),
    path("admin/", office.urls),
    path("account/", include(sign_in_urlpatterns)),
    path("", include("accounts.urls")),
    path("", include("conversations.urls")),
]
