"""The web process as one ASGI application, for any ASGI server; `manage.py serve` runs it under Daphne."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
http = get_asgi_application()  # sets Django up, which the imports below need

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from chatapp.body_limit import BodyLimit  # noqa: E402
from chatapp.client_address import ClientAddress  # noqa: E402
from chatapp.origin_check import OriginCheck  # noqa: E402
from chatapp.socket_sign_in import SocketSignIn  # noqa: E402
from conversations.routing import websocket_urlpatterns  # noqa: E402

application = ClientAddress(
    ProtocolTypeRouter(
        {
            "http": BodyLimit(http),
            "websocket": OriginCheck(SocketSignIn(URLRouter(websocket_urlpatterns)), settings.PUBLIC_ORIGINS),
        }
    ),
    settings.ENVIRONMENT.trusted_proxies,
)
