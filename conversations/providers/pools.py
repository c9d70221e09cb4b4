"""The connections to providers: a pool for each, made when it is first asked.

httpx over aiohttp's transport (a third of the CPU per event of httpx's own). Nothing of the environment is
obeyed but SSL_CERT_FILE and SSL_CERT_DIR; no redirect is followed, no cookie kept, nothing is decompressed.
"""

import asyncio
import ssl
from functools import cache
from http.cookiejar import DefaultCookiePolicy

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from conversations.providers import addresses
from conversations.providers.base import Endpoint

_MOST_CONNECTIONS = 1000  # to one provider; what runs at once is limited elsewhere, by the worker
_KEPT_ALIVE_SECONDS = 15
_LONGEST_HEADER = 65_536  # bytes; some front ends send policies of 10 kB

# One pool a provider, so that a stuck one cannot starve the others. A pool belongs to its event loop.
_clients: dict[asyncio.AbstractEventLoop, dict[str, httpx.AsyncClient]] = {}


def client_for(endpoint: Endpoint) -> httpx.AsyncClient:
    """The running loop's client for this endpoint's address."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        for dead in [other for other in _clients if other.is_closed()]:
            del _clients[dead]
        _clients[loop] = {}
    pools = _clients[loop]
    if endpoint.base_url not in pools:
        client = httpx.AsyncClient(
            transport=AiohttpTransport(client=_session, verify=tls_context()),
            trust_env=False,
            follow_redirects=False,
        )
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        pools[endpoint.base_url] = client
    return pools[endpoint.base_url]


def _session() -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        limit=_MOST_CONNECTIONS,
        keepalive_timeout=_KEPT_ALIVE_SECONDS,
        ssl=tls_context(),
        resolver=addresses.GuardedResolver(),
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        max_line_size=_LONGEST_HEADER,
        max_field_size=_LONGEST_HEADER,
    )


@cache
def tls_context() -> ssl.SSLContext:
    """Whom we trust, read once: a hundred certificates take 50 ms."""
    return httpx.create_ssl_context()


async def close_all() -> None:
    """Close the pools of the running loop."""
    for client in _clients.pop(asyncio.get_running_loop(), {}).values():
        await client.aclose()
