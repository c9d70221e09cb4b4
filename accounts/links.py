"""Addresses: which of them stay on this site, and how a path becomes a link to hand on."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def is_local(address: str) -> bool:
    """True for a path on this site, and for nothing that a browser could read as another host."""
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


def local_or(address: str, default: str) -> str:
    """The address if it stays on this site, else the default."""
    return address if is_local(address) else default


def to_copy(request: HttpRequest, path: str) -> str:
    """A whole link, on the origin by which whoever copies it reached us."""
    host = request.get_host()
    origins: list[str] = settings.PUBLIC_ORIGINS
    return next((origin for origin in origins if origin.split("://", 1)[1] == host), origins[0]) + path


def to_send(path: str) -> str:
    """A whole link for mail and for the command line. Never made from a request, whose Host may be a lie."""
    return f"{settings.PUBLIC_ORIGINS[0]}{path}"
