"""Taking contacts along: asked for here, made in the background, to be fetched for a day."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts.access import member_required, role_required
from mailexpert.contacts import exports as files
from mailexpert.contacts import jobs, words
from mailexpert.contacts.models import Export
from mailexpert.contacts.views.people import search_for_all
from mailexpert.core.jobs import defer

SHOWN = 20


@require_safe
@never_cache
@member_required
def exports(request: HttpRequest) -> HttpResponse:
    rows = [
        {"export": one, "is_there": files.is_there(one)} for one in Export.objects.order_by("-id")[:SHOWN]
    ]
    waits = any(row["export"].state == Export.State.QUEUED for row in rows)  # type: ignore[attr-defined]
    piece = bool(request.headers.get("HX-Request")) and request.headers.get("HX-Boosted") != "true"
    template = "contacts/parts/exports.html" if piece else "contacts/exports.html"
    return render(request, template, {"rows": rows, "waits": waits})


@require_POST
@role_required("editor")
def begin(request: HttpRequest) -> HttpResponse:
    """Everyone who fits the search of the page that it was asked from."""
    wanted = search_for_all(request.POST)
    if wanted is None:
        messages.error(request, words.segment_gone())
        return redirect("contacts:index")
    made = files.begin(wanted, by_id=request.user.pk)
    defer(jobs.run_export, export_id=made.id)
    return redirect("contacts:exports")


@require_safe
@never_cache
@role_required("editor")
def download(request: HttpRequest, export_id: int) -> HttpResponse:
    export = get_object_or_404(Export, id=export_id)
    if not files.is_there(export):
        return render(request, "contacts/export_gone.html", status=410)
    name = f"contacten-{export.created_at:%Y-%m-%d}.csv"
    return FileResponse(  # type: ignore[return-value]
        files.path_of(export.id).open("rb"),
        as_attachment=True,
        filename=name,
        content_type="text/csv; charset=utf-8",
    )
