"""What is said, over HTTP."""

from django.urls import URLPattern

app_name = "conversations"
urlpatterns: list[URLPattern] = []
