"""From rows and the environment to relays."""

from typing import Any

import structlog

from mailexpert.base import keys
from mailexpert.base.env import Environment
from mailexpert.delivery.ports import DEFAULT_RELAY, Errand, Relay
from mailexpert.mail.warmup import Plan

log = structlog.get_logger()


def installation_relay(environment: Environment) -> Relay:
    """MAILEXPERT_RELAY_URL as a relay; without one it is the built-in catcher. It is the operator's word, so it may lie
    on this machine. Where no TLS was asked for and it doesn't, TLS is taken when offered."""
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
        max_connections=environment.relay_connections,
    )


NAMES = (
    "id", "account_id", "host", "port", "security", "verify", "login", "username", "secret", "token_url", "client_id",
    "client_secret", "max_connections", "per_connection", "per_second", "per_hour", "delivers_itself", "warmup_from",
    "warmup_first", "limits", "group", "serves", "is_alone",
)  # fmt: skip


def errand(row: tuple[Any, ...]) -> Errand:
    """A row of the statement `work`."""
    found = dict(zip(NAMES, row, strict=True))
    group, serves, is_alone = (found.pop(name) for name in ("group", "serves", "is_alone"))
    return Errand(relay=_relay(found), group=group, serves=tuple(sorted(serves)), is_alone=is_alone)


def _relay(found: dict[str, Any]) -> Relay:
    if found["id"] == DEFAULT_RELAY:
        return Relay(id=DEFAULT_RELAY, account_id=0, host="", port=25)  # the environment says where it is
    begin, first = found.pop("warmup_from"), found.pop("warmup_first")
    found["password"] = _opened(found["id"], found.pop("secret"))
    found["client_secret"] = _opened(found["id"], found["client_secret"])
    found["per_connection"] = found["per_connection"] or 0
    return Relay(warmup=Plan(first_day=begin, first=first) if begin else None, **found)


def _opened(relay: int, sealed: str) -> str:
    """One that was sealed with another key is as good as none: the relay refuses it, and the page says so."""
    if not sealed:
        return ""
    try:
        return keys.unseal(sealed, "relay")
    except keys.SecretProblem as problem:
        log.error("a relay's password can't be read", relay=relay, problem=str(problem))
        return ""
