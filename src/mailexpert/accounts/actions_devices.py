"""Remembered devices: a token in a cookie instead of a password, new at every use (A19)."""

import hmac
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F

from mailexpert.accounts.models import Device, User
from mailexpert.accounts.rules import device_name
from mailexpert.base import keys

log = logging.getLogger(__name__)
COOKIE = "mailexpert_device"
REMEMBERED = timedelta(days=90)
TWO_TABS = timedelta(minutes=1)
TOKEN_KEY = "device"  # noqa: S105  (the purpose of a derived key)


@dataclass(frozen=True, kw_only=True)
class Known:
    """A device that is who it says. `cookie`: its next token, or None where another tab got it just now."""

    device: Device
    cookie: str | None


def remember_device(user: User, user_agent: str, now: datetime) -> Known:
    browser, system = device_name(user_agent)
    secret = secrets.token_urlsafe(32)
    device = Device.objects.create(
        user=user,
        series=secrets.token_urlsafe(12),
        token=keys.keyed_hash(secret, TOKEN_KEY),
        rotated_at=now,
        browser=browser,
        system=system,
        created_at=now,
        last_used=now.date(),
        expires_at=now + REMEMBERED,
    )
    return Known(device=device, cookie=f"{device.series}.{secret}")


def recognise_device(cookie: str, now: datetime) -> Known | None:
    """Whose device brings this cookie. A token that was replaced before has been copied: its thief or its
    owner comes second, and nobody can tell which, so the device and all the user's sessions end."""
    series, _dot, secret = cookie.partition(".")
    device = Device.objects.select_related("user").filter(series=series).first()
    if device is None or device.expires_at <= now or not device.user.is_active:
        return None
    given = keys.keyed_hash(secret, TOKEN_KEY)
    if hmac.compare_digest(bytes(device.token), given):
        return _rotate(device, given, now)
    if hmac.compare_digest(bytes(device.previous), given) and now - device.rotated_at < TWO_TABS:
        return Known(device=device, cookie=None)
    log.warning(
        "a used device token came back, so the device was forgotten", extra={"user_id": device.user_id}
    )
    end_everywhere(device.user)
    return None


def _rotate(device: Device, given: bytes, now: datetime) -> Known:
    """Compare and set: of two tabs that come at once, one gets the new token."""
    secret = secrets.token_urlsafe(32)
    won = Device.objects.filter(id=device.id, token=given).update(
        token=keys.keyed_hash(secret, TOKEN_KEY), previous=given, rotated_at=now, last_used=now.date()
    )
    return Known(device=device, cookie=f"{device.series}.{secret}" if won else None)


def bind_session(device: Device, session_key: str | None) -> None:
    """Which session this device opened, so that it ends when the device is forgotten."""
    Device.objects.filter(id=device.id).update(session_key=session_key or "")


@transaction.atomic
def forget_device(device: Device) -> None:
    if device.session_key:
        Session.objects.filter(session_key=device.session_key).delete()
    device.delete()


def forget_cookie(user: User, cookie: str) -> None:
    """After logging out a device is not remembered any more."""
    Device.objects.filter(user=user, series=cookie.partition(".")[0]).delete()


@transaction.atomic
def end_everywhere(user: User) -> None:
    """Forget every device and end every session of this user, on every machine."""
    Device.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(login_round=F("login_round") + 1)
    user.refresh_from_db(fields=["login_round"])
