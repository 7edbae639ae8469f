"""Segments: rules that say who is in."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Router, Schema, Status

from mailexpert.api.answers import READ, WRITE
from mailexpert.api.paging import PagingQuery, page
from mailexpert.api.problems import Problem
from mailexpert.api.shapes import Id, SegmentCountOut, SegmentIn, SegmentOut
from mailexpert.contacts import actions, actions_segments, queries_segments
from mailexpert.contacts.models import Segment
from mailexpert.contacts.rules import tree

router = Router(tags=["segments"])


class SegmentPage(Schema):
    items: list[SegmentOut]
    next: int | None


@router.get("", response={200: SegmentPage, **READ})
def segments(request: HttpRequest, paging: PagingQuery) -> dict[str, object]:
    """Your segments, newest first."""
    items, following = page(Segment.objects.all(), paging)
    return {"items": items, "next": following}


@router.post("", response={201: SegmentOut, **WRITE})
def make_segment(request: HttpRequest, wanted: SegmentIn) -> Status[Segment]:
    """Make a segment. `rules` is a tree: a group joins its parts, a rule asks one thing of a contact."""
    try:
        return Status(201, actions_segments.keep_segment(wanted.name, tree.parse(wanted.rules)))
    except tree.TreeProblem as problem:
        place = ".".join(map(str, problem.path)) or "the root"
        raise Problem(422, "Rules refused", f"{problem.code} at {place}.") from problem
    except actions_segments.BadRules as problem:
        said = ", ".join(f"{code} at {'.'.join(map(str, path))}" for path, code in problem.problems.items())
        raise Problem(422, "Rules refused", f"{said}.") from problem
    except actions_segments.TooMany as problem:
        raise Problem(409, "Too many segments", str(problem)) from problem
    except actions.NameTaken as problem:
        raise Problem(409, "Name taken", "There is a segment with this name already.") from problem


@router.get("/{segment_id}", response={200: SegmentOut, **READ})
def one_segment(request: HttpRequest, segment_id: Path[Id]) -> Segment:
    """One segment with its rules."""
    return get_object_or_404(Segment, id=segment_id)


@router.get("/{segment_id}/count", response={200: SegmentCountOut, 409: READ[404], **READ})
def count(request: HttpRequest, segment_id: Path[Id]) -> dict[str, Any]:
    """How many contacts are in it now. `exact` is false where counting took longer than twenty seconds."""
    segment = get_object_or_404(Segment, id=segment_id)
    try:
        found = queries_segments.count_exactly(queries_segments.tree_of(segment))
    except tree.TreeProblem as problem:
        raise Problem(
            409, "Segment broken", "It asks for a field or list that is no longer there."
        ) from problem
    return {"count": found.n, "exact": found.is_exact}
