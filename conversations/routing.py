"""The one socket."""

from django.urls import path

from conversations.consumers import Socket

websocket_urlpatterns = [path("socket/", Socket.as_asgi())]
