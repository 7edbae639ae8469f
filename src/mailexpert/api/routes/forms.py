"""Sign-up forms: making them, and signing somebody up by a program of your own."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import override
from ninja import Path, Router, Status

from mailexpert.api.answers import READ, WRITE, WRITE_ONE
from mailexpert.api.paging import PagingQuery, page
from mailexpert.api.problems import Problem
from mailexpert.api.shapes import FormIn, FormOut, FormPage, Id, ProblemDocument, SignupIn, SignupOut
from mailexpert.base import clock
from mailexpert.contacts import actions_signup, actions_signupform, queries, queries_signup, words_signup
from mailexpert.contacts.embed import code_of
from mailexpert.contacts.forms_signup import FormForm, VisitorForm
from mailexpert.contacts.models_signup import SignupForm
from mailexpert.contacts.queries_signup import address_of

router = Router(tags=["forms"])


@router.get("", response={200: FormPage, **READ})
def forms(request: HttpRequest, paging: PagingQuery) -> dict[str, object]:
    """Your sign-up forms, newest first."""
    items, following = page(SignupForm.objects.all(), paging)
    return {"items": [_shown(one) for one in items], "next": following}


@router.post("", response={201: FormOut, **WRITE})
def make_form(request: HttpRequest, wanted: FormIn) -> Status[dict[str, Any]]:
    """Make a form. Off unless `is_on`; `code` is HTML for a page of your own."""
    return Status(201, _shown(_kept(None, wanted)))


@router.put("/{form_id}", response={200: FormOut, **WRITE_ONE})
def change_form(request: HttpRequest, form_id: Path[Id], wanted: FormIn) -> dict[str, Any]:
    """Change a form as a whole, and turn it on or off. New words are a revision that is kept for the proof."""
    return _shown(_kept(get_object_or_404(SignupForm, id=form_id), wanted))


@router.delete("/{form_id}", response={204: None, **READ})
def delete_form(request: HttpRequest, form_id: Path[Id]) -> Status[None]:
    """Delete a form, with the sign-ups that nobody confirmed. Who confirmed stays, with the proof."""
    actions_signupform.delete_form(get_object_or_404(SignupForm, id=form_id))
    return Status(204, None)


@transaction.atomic
def _kept(found: SignupForm | None, wanted: FormIn) -> SignupForm:
    filled = FormForm(
        _as_filled_in(wanted),
        lists=[one for one in queries.lists() if one.archived_at is None],
        fields=queries.fields(),
    )
    if not filled.is_valid():
        name, said = next(iter(filled.errors.items()))
        raise Problem(422, "The form doesn't fit", f"{name}: {said[0]}")
    kept = actions_signupform.keep(found, filled.cleaned_data, filled.asked_for())
    if not wanted.is_on:
        actions_signupform.close_form(kept)
        return kept
    try:
        actions_signupform.open_form(kept)
    except actions_signupform.NoAddress as problem:
        raise Problem(
            409, "No postal address", "A visitor must see who asks. Fill in your postal address first."
        ) from problem
    return kept


def _as_filled_in(wanted: FormIn) -> dict[str, Any]:
    """As the page's own form sends it, so that one set of rules holds for both."""
    slots = {one.name: one.slot for one in queries.fields()}
    data: dict[str, Any] = wanted.dict(exclude={"questions", "is_on"})
    data["lists"] = [str(one) for one in wanted.lists]
    for question in wanted.questions:
        prefix = question.name if question.name in words_signup.OWN else slots.get(question.name)
        if prefix is None:
            raise Problem(422, "No such field", f"There is no field {question.name!r}.")
        data |= {
            f"{prefix}-ask": "on",
            f"{prefix}-why": question.why,
            f"{prefix}-keep": str(question.keep_months or ""),
            f"{prefix}-is_required": "on" if question.is_required else "",
        }
    return data


@router.get("/{form_id}", response={200: FormOut, **READ})
def one_form(request: HttpRequest, form_id: Path[Id]) -> dict[str, Any]:
    """One form, with the names of what it asks."""
    return _shown(get_object_or_404(SignupForm, id=form_id))


@router.post("/{form_id}/signups", response={202: SignupOut, 429: ProblemDocument, **WRITE_ONE})
def sign_up(request: HttpRequest, form_id: Path[Id], wanted: SignupIn) -> Status[dict[str, str]]:
    """Sign somebody up. The answer is the same whether or not the address is known; with confirmation, which is the
    usual case, they get a mail and stand in your contacts once they pressed the button behind it."""
    found = get_object_or_404(SignupForm, id=form_id)
    if not queries_signup.is_open(found):
        raise Problem(409, "The form is off", "Turn it on first.")
    with override(found.language):
        filled = _filled(found, wanted)
        actions_signupform.note_words(found)
    try:
        actions_signup.take(
            found,
            actions_signup.Wish(
                **filled.wish(), revision=found.revision, via="api", origin=wanted.page, shown=wanted.shown
            ),
            clock.now(),
        )
    except actions_signup.TooMany as problem:
        raise Problem(429, "Too many", "Try it again in ten minutes.") from problem
    return Status(202, {"state": "received"})


def _filled(found: SignupForm, wanted: SignupIn) -> VisitorForm:
    lists, questions = queries_signup.lists_of(found), queries_signup.questions_of(found)
    known = {words_signup.control(one) for one in questions}
    strange = sorted(set(wanted.values) - known)
    if strange:
        raise Problem(422, "Not asked", f"The form doesn't ask {strange[0]!r}.")
    if set(wanted.lists) - {one.id for one in lists}:
        raise Problem(422, "No such list", "The form is for other lists.")
    data = {**wanted.values, "email": wanted.email, "lists": [str(one) for one in wanted.lists]}
    filled = VisitorForm(data, lists=lists, questions=questions)
    if not filled.is_valid():
        name, said = next(iter(filled.errors.items()))
        raise Problem(422, "The sign-up doesn't fit", f"{name}: {said[0]}")
    return filled


def _shown(form: SignupForm) -> dict[str, Any]:
    names = ("id", "name", "language", "title", "sender", "is_on", "double_opt_in", "created_at")
    return {name: getattr(form, name) for name in names} | {
        "url": address_of(form),
        "code": code_of(form),
        "lists": [one.id for one in queries_signup.lists_of(form)],
        "questions": [words_signup.control(one) for one in queries_signup.questions_of(form)],
    }
