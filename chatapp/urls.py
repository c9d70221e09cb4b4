"""The table of contents over HTTP."""

from django.contrib import admin
from django.urls import include, path

from chatapp import health

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("admin/", admin.site.urls),
    path("account/", include("allauth.account.urls")),
    path("", include("accounts.urls")),
    path("", include("conversations.urls")),
]
