"""Lists, each with a purpose."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Router, Schema, Status

from mailexpert.api.answers import READ, WRITE
from mailexpert.api.paging import PagingQuery, page
from mailexpert.api.problems import Problem
from mailexpert.api.shapes import Id, ListIn, ListOut
from mailexpert.contacts import actions
from mailexpert.contacts.models import List

router = Router(tags=["lists"])


class ListPage(Schema):
    items: list[ListOut]
    next: int | None


@router.get("", response={200: ListPage, **READ})
def lists(request: HttpRequest, paging: PagingQuery) -> dict[str, object]:
    """Your lists, newest first."""
    items, following = page(List.objects.filter(archived_at=None), paging)
    return {"items": items, "next": following}


@router.post("", response={201: ListOut, **WRITE})
def make_list(request: HttpRequest, wanted: ListIn) -> Status[List]:
    """Make a list. Its purpose can't be changed: people gave their ground for this one."""
    try:
        return Status(201, actions.make_list(wanted.name, wanted.purpose))
    except actions.NameTaken as problem:
        raise Problem(409, "Name taken", "There is a list with this name already.") from problem


@router.get("/{list_id}", response={200: ListOut, **READ})
def one_list(request: HttpRequest, list_id: Path[Id]) -> List:
    """One list."""
    return get_object_or_404(List, id=list_id)
