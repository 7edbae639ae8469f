"""The installation's own relay, for accounts without one: the operator's word, so it may lie on this machine."""

from mailexpert.base.env import Environment
from mailexpert.delivery.ports import DEFAULT_RELAY, Relay


def installation_relay(environment: Environment) -> Relay:
    """MAILEXPERT_RELAY_URL as a relay; without one it is the built-in catcher. Where no TLS was asked for and the
    relay isn't on this machine, it is taken when offered."""
    host, port = environment.default_relay
    security = environment.relay_security
    if security == "none" and not environment.relay_is_local:
        security = "offered"
    username, password = environment.relay_login
    return Relay(
        id=DEFAULT_RELAY,
        account_id=0,
        host=host,
        port=port,
        security=security,
        username=username,
        password=password,
    )
