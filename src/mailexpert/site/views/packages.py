"""The packages that the operator offers."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mailexpert.accounts.models import Package
from mailexpert.site.access import right_required, signed_required, staff_of
from mailexpert.site.forms import PackageForm

RIGHT = "promote"


@signed_required
def desk(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _make(request)
    return _page(request, PackageForm())


def _page(request: HttpRequest, form: PackageForm) -> HttpResponse:
    context = {"packages": Package.objects.order_by("id"), "form": form, "may": staff_of(request).may(RIGHT)}
    return render(request, "site/console/packages.html", context)


@right_required(RIGHT)
def _make(request: HttpRequest) -> HttpResponse:
    form = PackageForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    Package.objects.create(**form.limits())
    messages.success(request, _("Saved."))
    return redirect("site:packages")


@require_POST
@right_required(RIGHT)
def make_default(request: HttpRequest, id: int) -> HttpResponse:
    """For every account that chose none; pressed again there is no default, and those are unlimited."""
    found = get_object_or_404(Package, id=id)
    with transaction.atomic():
        Package.objects.filter(is_default=True).update(is_default=False)
        if not found.is_default:
            Package.objects.filter(id=found.id).update(is_default=True)
    messages.success(request, _("Saved."))
    return redirect("site:packages")


@require_POST
@right_required(RIGHT)
def offer(request: HttpRequest, id: int) -> HttpResponse:
    """Whether accounts can choose it. Who has it keeps it."""
    found = get_object_or_404(Package, id=id)
    Package.objects.filter(id=found.id).update(is_offered=not found.is_offered)
    messages.success(request, _("Saved."))
    return redirect("site:packages")
