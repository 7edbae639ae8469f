"""Segments: making one without writing code, with a count that follows, and why somebody is in."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailexpert.accounts.access import member_required, role_required
from mailexpert.contacts import actions, actions_segments, editor, queries_catalogue, queries_segments
from mailexpert.contacts import words_segments as words
from mailexpert.contacts.models import Contact, Segment
from mailexpert.contacts.rules import draft as drafts
from mailexpert.contacts.rules import facts, tree
from mailexpert.contacts.rules.draft import Draft

SHOWN = 5
LONGEST_NAME = 100


@require_safe
@never_cache
@member_required
def segments(request: HttpRequest) -> HttpResponse:
    known = queries_catalogue.catalogue()
    rows = [{"segment": one, "sentence": _sentence(one, known)} for one in queries_segments.segments()]
    return render(request, "contacts/segments.html", {"rows": rows})


def _sentence(segment: Segment, known: facts.Catalogue) -> str:
    try:
        return words.sentence(queries_segments.tree_of(segment), known)
    except tree.TreeProblem as problem:
        return words.problem(problem.code)


@require_safe
@never_cache
@member_required
def number(request: HttpRequest, segment_id: int) -> HttpResponse:
    """How many are in a segment, for the list of segments."""
    segment = get_object_or_404(Segment, id=segment_id)
    try:
        found = queries_segments.count_exactly(queries_segments.tree_of(segment))
    except tree.TreeProblem:
        found = None
    return render(request, "contacts/parts/segment_number.html", {"number": found})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_required
def edit(request: HttpRequest, segment_id: int | None = None) -> HttpResponse:
    segment = get_object_or_404(Segment, id=segment_id) if segment_id is not None else None
    if request.method == "POST":
        return _keep(request, segment)
    draft: Draft = {"join": "all", "parts": [dict(drafts.FIRST)]}
    if segment is not None:
        draft = segment.rules if isinstance(segment.rules, dict) and "parts" in segment.rules else draft
    context = {"segment": segment, "name": segment.name if segment else "", **_shown(draft)}
    return render(request, "contacts/segment.html", context)


def _keep(request: HttpRequest, segment: Segment | None) -> HttpResponse:
    draft = _draft(request)
    name = " ".join(request.POST.get("name", "").split())[:LONGEST_NAME]
    if request.POST.get("do"):  # a button of the editor, pressed where no script runs
        new = drafts.change(draft, request.POST["do"])
        context = {"segment": segment, "name": name, **_shown(draft, new=new)}
        return render(request, "contacts/segment.html", context)
    problem = "" if name else _("Give the segment a name.")
    if not problem:
        try:
            kept = actions_segments.keep_segment(
                name,
                tree.parse(draft),
                segment_id=segment.id if segment else None,
                by_id=request.user.pk,
            )
        except actions.NameTaken:
            problem = _("You have a segment of this name already.")
        except actions_segments.TooMany:
            problem = _("An account has room for 500 segments. Delete one that you don’t use.")
        except actions_segments.BadRules:
            problem = _("Some rules are not complete. They are marked below.")
        except tree.TreeProblem as bad:
            problem = words.problem(bad.code)
        else:
            messages.success(request, _("Segment ‘%(name)s’ is saved.") % {"name": kept.name})
            return redirect("contacts:segments")
    context = {"segment": segment, "name": name, "problem": problem, **_shown(draft, is_strict=True)}
    return render(request, "contacts/segment.html", context, status=422)


@require_POST
@member_required
def rules(request: HttpRequest) -> HttpResponse:
    """The rules again, after a choice or a button that changes what can be chosen."""
    draft = _draft(request)
    new = drafts.change(draft, request.POST.get("do", ""))
    drafts.fit(draft, queries_catalogue.catalogue())
    return render(request, "contacts/parts/segment_rules.html", {**_shown(draft, new=new), "is_piece": True})


@require_POST
@member_required
def counts(request: HttpRequest) -> HttpResponse:
    """The figures alone, while somebody types; `exactly` when the page has time to wait."""
    exactly = bool(request.POST.get("exactly"))
    return render(
        request,
        "contacts/parts/segment_counts.html",
        {**_shown(_draft(request), exactly=exactly), "is_final": exactly},
    )


def _draft(request: HttpRequest) -> Draft:
    return drafts.read(dict(request.POST.lists()))  # type: ignore[arg-type]


def _shown(
    draft: Draft, *, new: tuple[int, ...] | None = None, is_strict: bool = False, exactly: bool = False
) -> dict[str, Any]:
    """The editor's rows and figures. What somebody hasn't filled in yet doesn't count, and is only named as
    missing once they want to save."""
    known = queries_catalogue.catalogue()
    try:
        rules = tree.parse(json.loads(json.dumps(draft)))
    except tree.TreeProblem as bad:
        empty = editor.root_of({"join": "all", "parts": []}, editor.Shown(catalogue=known, problems={}))
        said = {"problem": words.problem(bad.code), "everyone": queries_segments.everyone()}
        return {"root": empty, "groups": editor.fact_choices(known), **said}
    problems = facts.check(rules, known)
    named = {path: code for path, code in problems.items() if is_strict or code != "no_value"}
    whole = drafts.without(rules, list(problems))
    counted = whole if isinstance(whole, tree.Group) else tree.EVERYONE
    count = queries_segments.count_exactly if exactly else queries_segments.count_now
    left = queries_segments.left_over(counted) if len(counted.parts) == len(rules.parts) else {}
    return {
        "root": editor.root_of(draft, editor.Shown(catalogue=known, problems=named, new=new)),
        "groups": editor.fact_choices(known),
        "left": {drafts.name_of([n]): figure for n, figure in left.items()},
        "total": count(counted),
        "everyone": queries_segments.everyone(),
        "people": queries_segments.people(queries_segments.condition(counted), SHOWN),
        "sentence": words.sentence(counted, known),
    }


@require_POST
@role_required("editor")
def remove(request: HttpRequest, segment_id: int) -> HttpResponse:
    segment = get_object_or_404(Segment, id=segment_id)
    try:
        actions_segments.delete_segment(segment.id)
    except actions_segments.InUse:
        messages.error(
            request, _("A mailing goes to this segment, so it stays. Take it out of the mailing first.")
        )
        return redirect("contacts:segment", segment_id=segment.id)
    messages.success(request, _("The segment is deleted. Your contacts are as before."))
    return redirect("contacts:segments")


@require_safe
@never_cache
@member_required
def why(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Which segments somebody is in, rule by rule."""
    contact = get_object_or_404(Contact, id=contact_id)
    known = queries_catalogue.catalogue()
    rows = [_why(one, contact.id, known) for one in queries_segments.segments()]
    rows.sort(key=lambda row: not row["is_in"])
    return render(request, "contacts/why.html", {"contact": contact, "rows": rows})


def _why(segment: Segment, contact_id: int, known: facts.Catalogue) -> dict[str, Any]:
    try:
        rules = queries_segments.tree_of(segment)
        found = queries_segments.why(rules, contact_id)
    except tree.TreeProblem as bad:
        return {"segment": segment, "is_in": False, "problem": words.problem(bad.code), "rules": []}
    holds = found.holds if found else {}
    said = [
        {"words": words.rule_words(rule, known), "holds": holds.get(path, False)}
        for path, rule in tree.rules(rules)
    ]
    is_in = found is not None and found.is_in
    return {"segment": segment, "is_in": is_in, "rules": said, "sentence": words.sentence(rules, known)}
