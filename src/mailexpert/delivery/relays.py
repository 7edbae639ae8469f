"""The installation's own relay, for accounts without one: the operator's word, so it may lie on this
machine."""

from urllib.parse import unquote, urlsplit

from mailexpert.base.env import LOOPBACK, Environment
from mailexpert.delivery.ports import DEFAULT_RELAY, Relay


def installation_relay(environment: Environment) -> Relay:
    """MAILEXPERT_RELAY_URL as a relay: `smtps://` is TLS from the start; `smtp://` to another machine takes
    TLS where it is offered. Without one it is the built-in catcher."""
    host, port = environment.default_relay
    parts = urlsplit(environment.relay_url or "")
    security = "tls" if parts.scheme == "smtps" else "none" if host in LOOPBACK else "offered"
    return Relay(
        id=DEFAULT_RELAY,
        account_id=0,
        host=host,
        port=port,
        security=security,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
