"""Pictures, for whoever reads a mail: no login, no cookie. And what shows that an account's own host leads here."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mailexpert.content import hosts, store
from mailexpert.content.models import Image
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall

TYPES = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif"}
A_YEAR = 365 * 24 * 3600


@require_safe
def show(request: HttpRequest, token: str, kind: str) -> FileResponse | HttpResponse:
    """A stored picture never changes, so mail programs may keep it."""
    with beside_wall(Beside.IMAGE):
        image = Image.objects.filter(token=token, kind=kind).first()
    if image is None:
        raise Http404
    try:
        file = store.opened(image)
    except store.Gone as problem:
        raise Http404 from problem
    except store.StoreDown:
        return HttpResponse(status=503, headers={"Retry-After": "30", "Cache-Control": "no-store"})
    response = FileResponse(file, content_type=TYPES[kind])
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
def own_host(request: HttpRequest, account_id: int) -> HttpResponse:
    """Fetched through an account's own host: only this installation can give the answer."""
    return HttpResponse(hosts.answer(account_id), content_type="text/plain")


@require_safe
def may_host(request: HttpRequest) -> HttpResponse:
    """A proxy asks before it gets a certificate: 200 for a host that an account named, else 404."""
    return HttpResponse(status=200 if hosts.is_known(request.GET.get("domain", "")[:253]) else 404)
