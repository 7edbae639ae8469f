"""What each version of a test is: the mailing, and in it what that version says of its own."""

from copy import copy

from mailexpert.mailings.models import Mailing
from mailexpert.mailings.models_experiments import Experiment, Version

What = Experiment.What
CONTENT = ("kind", "source", "preheader", "template_id")  # of a version of the content


def in_place(mailing: Mailing, version: Version, what: str) -> Mailing:
    """The mailing as this version of it; never saved."""
    made = copy(mailing)
    made.tried = version.n
    if version.n == 0:
        return made
    if what == What.SUBJECT:
        made.subject = version.subject
    elif what == What.SENDER:
        made.sender = version.sender
    elif what == What.CONTENT:
        for name in CONTENT:
            setattr(made, name, getattr(version.draft, name) if version.draft else "")
        if version.draft is None:
            made.template_id = None
    return made


def whole(draft: Mailing) -> Mailing:
    """A draft that is another content of a mailing, in its place there; any other draft is itself."""
    if draft.version_of is None:
        return draft
    made: Mailing = copy(draft.version_of)
    for name in CONTENT:
        setattr(made, name, getattr(draft, name))
    return made


def all_of(mailing: Mailing, experiment: Experiment) -> list[Mailing]:
    return [in_place(mailing, version, experiment.what) for version in tried(experiment)]


def tried(experiment: Experiment) -> list[Version]:
    return list(
        experiment.versions.filter(what=experiment.what).select_related("draft", "issue").order_by("n")
    )
