"""Cursor paging: newest first, `next` is the cursor of the following page."""

from collections.abc import Sequence
from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Query
from pydantic import Field

from mailexpert.api.shapes import BIGGEST, Strict

Cursor = Annotated[int, Field(ge=1, le=BIGGEST)]


class Paging(Strict):
    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


PagingQuery = Query[Paging]


def page(rows: "QuerySet[Any]", paging: Paging) -> tuple[Sequence[Any], int | None]:
    """One page of rows by falling id, and the cursor of the next one."""
    newest = rows.order_by("-id")
    if paging.cursor:
        newest = newest.filter(id__lt=paging.cursor)
    found = list(newest[: paging.limit + 1])
    shown = found[: paging.limit]
    return shown, shown[-1].id if len(found) > paging.limit else None
