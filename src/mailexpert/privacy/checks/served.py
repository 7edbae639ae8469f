"""What was really served to browsers: cookies (A18, A19). The rows come from privacy.middleware."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_noop as _

from mailexpert.accounts.actions_devices import COOKIE, REMEMBERED
from mailexpert.accounts.models import Device
from mailexpert.core import register
from mailexpert.core.promises import Ground, Outcome, broken, check, checking, kept
from mailexpert.privacy import drift
from mailexpert.privacy.models import ServedCookie

FORGOTTEN_WITHIN = timedelta(days=2)


@check("A18", "session")
def the_session_ends_with_the_browser(ground: Ground) -> Outcome:
    served = list(ServedCookie.objects.filter(name=settings.SESSION_COOKIE_NAME))
    if not served:
        return checking(_("no session cookie was served yet"))
    if any(one.max_age is not None for one in served):
        return broken(_("a session cookie was served that outlives the browser"))
    if not all(one.is_http_only and one.is_secure >= ground.env.is_https for one in served):
        return broken(_("a session cookie was served that scripts or strangers on the way can read"))
    return kept(_("served without an end date: it ends with the browser"))


@check("A19", "device")
def a_device_is_remembered_by_a_token(ground: Ground) -> Outcome:
    late = Device.objects.filter(expires_at__lt=ground.now - FORGOTTEN_WITHIN).count()
    if late:
        return broken(_("devices remembered too long: %(count)s"), count=late)
    served = list(ServedCookie.objects.filter(name=COOKIE).exclude(max_age=0))
    if any((one.max_age or 0) > REMEMBERED.total_seconds() or not one.is_http_only for one in served):
        return broken(_("a remembered device got a cookie that lasts too long or that scripts can read"))
    return kept(
        _("remembered devices: %(count)s, each with a token of its own that its user can revoke"),
        count=Device.objects.filter(expires_at__gt=ground.now).count(),
    )


@check("A19", "declared")
def every_cookie_is_declared(ground: Ground) -> Outcome:
    strange = drift.cookies()
    if strange:
        return broken(_("cookies that nobody declared: %(names)s"), names=", ".join(strange))
    longer = [
        one.name
        for one in ServedCookie.objects.all()
        if one.max_age and _longest(one.name) is not None and one.max_age > (_longest(one.name) or 0)
    ]
    if longer:
        return broken(_("cookies that last longer than declared: %(names)s"), names=", ".join(longer))
    return kept(
        _("kinds of cookies served: %(served)s, all on the list of %(declared)s"),
        served=ServedCookie.objects.count(), declared=len(register.cookies()),
    )  # fmt: skip


def _longest(name: str) -> float | None:
    longest = register.cookies()[name].longest
    return None if longest is None else longest.total_seconds()
