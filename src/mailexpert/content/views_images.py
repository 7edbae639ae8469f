"""Pictures, for whoever reads a mail: no login, no cookie."""

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from mailexpert.content.actions_images import path_of
from mailexpert.content.models import Image
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall

TYPES = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif"}
A_YEAR = 365 * 24 * 3600


@require_safe
def show(request: HttpRequest, token: str, kind: str) -> FileResponse:
    """A stored picture never changes, so mail programs may keep it."""
    with beside_wall(Beside.IMAGE):
        image = Image.objects.filter(token=token, kind=kind).first()
    if image is None or not path_of(image).is_file():
        raise Http404
    response = FileResponse(path_of(image).open("rb"), content_type=TYPES[kind])
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
