"""Tests of versions: plan one for a draft, choose a version while one runs. What came of it is in the report."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Router, Status

from mailexpert.api.answers import WRITE_ONE
from mailexpert.api.problems import Problem
from mailexpert.api.routes.mailings import shown
from mailexpert.api.shapes import ChoiceIn, Id, MailingOut, TestIn
from mailexpert.mail import address
from mailexpert.mailings import actions_experiments as experiments
from mailexpert.mailings import goals, rules
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.models_experiments import LETTERS

router = Router(tags=["mailings"])


@router.post("/{mailing_id}/test", response={200: MailingOut, **WRITE_ONE})
def plan(request: HttpRequest, mailing_id: Path[Id], wanted: TestIn) -> dict[str, Any]:
    """Try versions of a draft on a part of its audience when it is sent; over a plan that there is. Version A is the
    mailing itself, `versions` are B to D; where moments differ they are A to D. The checks say what stands in its
    way."""
    mailing = _found(mailing_id)
    others = _others(wanted)
    written = wanted.dict(exclude={"versions"})
    if wanted.goal not in {goal.key for goal in goals.all_goals()}:
        raise Problem(422, "No such goal", f"There is no goal `{wanted.goal}`.")
    try:
        experiments.plan(mailing, written=written, others=others)
    except rules.NotNow as problem:
        raise Problem(409, "Not now", f"The mailing is {problem}.") from problem
    return shown(_found(mailing_id))


@router.post("/{mailing_id}/test/choose", response={202: MailingOut, **WRITE_ONE})
def choose(request: HttpRequest, mailing_id: Path[Id], wanted: ChoiceIn) -> Status[dict[str, Any]]:
    """Send this version to everyone else, now, whatever the numbers say."""
    mailing = _found(mailing_id)
    try:
        experiments.choose(mailing, LETTERS.index(wanted.version), by=None)
    except rules.NotNow as problem:
        raise Problem(
            409, "Not now", "No test of this mailing waits for a choice of this version."
        ) from problem
    return Status(202, shown(_found(mailing_id)))


def _others(wanted: TestIn) -> list[dict[str, Any]]:
    said = [one.dict() for one in wanted.versions]
    name = "at" if wanted.what == "time" else wanted.what
    if any(not one[name] for one in said):
        raise Problem(422, "A version says nothing", f"Give `{name}` in each of `versions`.")
    if wanted.what == "time":
        if any(one["at"].tzinfo is None or one["at"].minute or one["at"].second for one in said):
            raise Problem(422, "No whole hour", "Give `at` with its time zone, on a whole hour.")
        return said
    if len(said) > len(LETTERS) - 1:
        raise Problem(422, "Too many versions", "Give at most three beside the mailing itself.")
    if wanted.what == "sender":
        _check_senders([one["sender"] for one in said])
    return [{}, *said]


def _check_senders(senders: list[str]) -> None:
    for sender in senders:
        try:
            address.parse_sender(sender)
        except address.AddressProblem as problem:
            raise Problem(
                422, "No sender", "Give `sender` as an address or as `Name <address>`."
            ) from problem


def _found(mailing_id: int) -> Mailing:
    return get_object_or_404(Mailing.objects.select_related("issue"), id=mailing_id, version_of=None)
