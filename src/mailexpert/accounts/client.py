"""Who asks: the address that attempts are counted by."""

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest, *_args: Any) -> str:
    """The address of the connection; behind a proxy of ours (TLS is on, and the connection comes from a
    private address) the one that the proxy added last. Entries before it are the client's own words."""
    near = str(request.META.get("REMOTE_ADDR") or "0.0.0.0")  # noqa: S104  (a socket without an address)
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
    if settings.SESSION_COOKIE_SECURE and forwarded and _is_address(near) and ip_address(near).is_private:
        return forwarded if _is_address(forwarded) else near
    return near


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
