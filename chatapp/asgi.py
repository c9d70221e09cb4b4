"""The web process as one ASGI application, for any ASGI server; `manage.py serve` runs it under Daphne."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
http = get_asgi_application()  # sets Django up, which the imports below need

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings

from chatapp.body_limit import BodyLimit
from chatapp.client_address import ClientAddress
from chatapp.origin_check import OriginCheck
from chatapp.socket_sign_in import SocketSignIn
from conversations.routing import websocket_urlpatterns

application = ClientAddress(
    ProtocolTypeRouter(
        {
            "http": BodyLimit(http),
            "websocket": OriginCheck(SocketSignIn(URLRouter(websocket_urlpatterns)), settings.PUBLIC_ORIGINS),
        }
    ),
    settings.ENVIRONMENT.trusted_proxies,
)
