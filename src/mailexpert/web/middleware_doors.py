"""A file that is too large is refused by what its request says of itself, before it is taken in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from mailexpert.core import doors


class DoorsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not doors.is_over(request):
            return self.get_response(request)
        most = doors.largest(request.path_info) // 1_000_000
        said = _("This is larger than the %(most)s MB that are taken here. Nothing was stored.") % {
            "most": most
        }
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"detail": said}, status=413)
        return render(request, "413.html", {"said": said}, status=413)
