"""Templates, and the gallery of ours."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Router, Schema, Status

from mailexpert.api.answers import READ, WRITE
from mailexpert.api.paging import PagingQuery, page
from mailexpert.api.problems import Problem
from mailexpert.api.shapes import GalleryOut, Id, TemplateIn, TemplateOut
from mailexpert.content import queries as content
from mailexpert.content import rules
from mailexpert.content.models import Template
from mailexpert.content.problems import SourceError

router = Router(tags=["content"])


class TemplatePage(Schema):
    items: list[TemplateOut]
    next: int | None


@router.get("/gallery", response={200: list[GalleryOut], **READ})
def gallery(request: HttpRequest) -> list[object]:
    """The templates that come with MailExpert, in both languages."""
    return [*content.gallery("nl"), *content.gallery("en")]


@router.get("/templates", response={200: TemplatePage, **READ})
def templates(request: HttpRequest, paging: PagingQuery) -> dict[str, object]:
    """Your templates, newest first."""
    items, following = page(Template.objects.all(), paging)
    return {"items": items, "next": following}


@router.post("/templates", response={201: TemplateOut, **WRITE})
def make_template(request: HttpRequest, wanted: TemplateIn) -> Status[Template]:
    """Keep a template. Its source is compiled first; an error names the line."""
    if wanted.kind == "blocks":
        raise Problem(
            422, "Kind not available", "Blocks come with the visual editor; send mjml, html or text."
        )
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
