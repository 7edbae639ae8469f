"""Where a user stays logged in."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts.access import own_page, user_of
from mailexpert.accounts.actions_devices import COOKIE, end_everywhere, forget_device
from mailexpert.accounts.models import Device


@require_safe
@own_page
def known(request: HttpRequest) -> HttpResponse:
    devices = Device.objects.filter(user=user_of(request)).order_by("-last_used", "-id")
    here = request.COOKIES.get(COOKIE, "").partition(".")[0]
    return render(request, "accounts/settings/devices.html", {"devices": devices, "here": here})


@require_POST
@own_page
def forget(request: HttpRequest, id: int) -> HttpResponse:
    device = get_object_or_404(Device, id=id, user=user_of(request))
    name = device.name
    forget_device(device)
    messages.success(request, _("%(device)s has been forgotten and is logged out.") % {"device": name})
    return redirect("settings:devices")


@require_POST
@own_page
def forget_all(request: HttpRequest) -> HttpResponse:
    """This session goes on, every other one ends."""
    end_everywhere(user_of(request))
    update_session_auth_hash(request, user_of(request))
    request.device_cookie = ""  # type: ignore[attr-defined]
    messages.success(request, _("Every device has been forgotten, and every other session is logged out."))
    return redirect("settings:devices")
