"""The table of contents over HTTP."""

from django.urls import include, path

from accounts.admin import office
from accounts.urls import sign_in_urlpatterns
from chatapp import health

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("admin/", office.urls),
    path("account/", include(sign_in_urlpatterns)),
    path("", include("accounts.urls")),
    path("", include("conversations.urls")),
]
