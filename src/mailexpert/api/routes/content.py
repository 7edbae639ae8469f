"""Templates, and the gallery of ours."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Form, Path, Router, Schema, Status, UploadedFile
from pydantic import Field as Limit

from mailexpert.api.answers import READ, WRITE
from mailexpert.api.paging import PagingQuery, page
from mailexpert.api.problems import Problem
from mailexpert.api.shapes import GalleryOut, Id, ImageOut, Line, TemplateIn, TemplateOut
from mailexpert.base import antivirus
from mailexpert.content import actions_images, rules, rules_image
from mailexpert.content import queries as content
from mailexpert.content.models import Template
from mailexpert.content.problems import SourceError

router = Router(tags=["content"])

REFUSED: tuple[tuple[type[Exception], int, str], ...] = (
    (rules_image.TooLarge, 413, "The picture is too large"),
    (rules_image.NoPicture, 422, "No picture"),
    (antivirus.Infected, 422, "The file holds a virus and was not stored"),
    (antivirus.ScannerDown, 503, "The virus scanner is down, so nothing is taken"),
    (antivirus.ScannerMissing, 503, "There is no virus scanner, so nothing is taken"),
    (actions_images.NoRoom, 409, "The package has no room left for pictures"),
)


class ImageForm(Schema):
    alt: Annotated[Line, Limit(max_length=500)] = ""
    decorative: bool = False


class TemplatePage(Schema):
    items: list[TemplateOut]
    next: int | None


@router.get("/gallery", response={200: list[GalleryOut], **READ})
def gallery(request: HttpRequest) -> list[object]:
    """The templates that come with MailExpert, in both languages."""
    return [*content.gallery("nl"), *content.gallery("en")]


@router.post("/images", response={201: ImageOut, **WRITE})
def keep_image(
    request: HttpRequest, file: File[UploadedFile], form: Form[ImageForm]
) -> Status[dict[str, Any]]:
    """Keep a picture (JPEG, PNG, GIF; at most 5 MB). It is written anew: the camera's notes are not kept. `alt`
    says what is to be seen; for a picture that is only decoration send `decorative=true` instead."""
    if not form.alt.strip() and not form.decorative:
        raise Problem(422, "The picture has no description", str(actions_images.NotDescribed.__doc__))
    if (file.size or 0) > rules_image.LARGEST:
        raise Problem(413, "The picture is too large", "At most 5 MB is taken.")
    try:
        made = actions_images.keep_image(
            file.read(), name=file.name or "image", alt=form.alt, decorative=form.decorative
        )
    except tuple(kind for kind, _status, _title in REFUSED) as problem:
        status, title = next((s, t) for kind, s, t in REFUSED if isinstance(problem, kind))
        raise Problem(status, title, str(problem)) from problem
    shown = {
        name: getattr(made, name) for name in ("id", "name", "alt", "decorative", "width", "height", "size")
    }
    return Status(201, {**shown, "url": actions_images.address_of(made)})


@router.get("/templates", response={200: TemplatePage, **READ})
def templates(request: HttpRequest, paging: PagingQuery) -> dict[str, object]:
    """Your templates, newest first."""
    items, following = page(Template.objects.all(), paging)
    return {"items": items, "next": following}


@router.post("/templates", response={201: TemplateOut, **WRITE})
def make_template(request: HttpRequest, wanted: TemplateIn) -> Status[Template]:
    """Keep a template. Its source is compiled first; an error names the line."""
    try:
        rules.compile_source(
            wanted.kind,
            wanted.source,
            title=wanted.subject,
            language=wanted.language,
            preheader=wanted.preheader,
        )
    except SourceError as problem:
        raise Problem(422, "The source has an error", str(problem), line=problem.line) from problem
    return Status(201, Template.objects.create(**wanted.dict()))


@router.get("/templates/{template_id}", response={200: TemplateOut, **READ})
def one_template(request: HttpRequest, template_id: Path[Id]) -> Template:
    """One template."""
    return get_object_or_404(Template, id=template_id)
