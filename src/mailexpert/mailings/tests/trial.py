"""A mailing with a test of versions, and what an engine and readers would make of it."""

from datetime import datetime
from typing import Any

from mailexpert.base.clock import now
from mailexpert.mailings import actions, versions
from mailexpert.mailings import actions_experiments as experiments
from mailexpert.mailings.models import Experiment, Mailing
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.sending.models import Issue, Shard
from mailexpert.tracking.models import Kind, Rollup

SOURCE = '<p>Dag!</p><p><a href="https://winkel.example/a">Kijk</a></p>'


def trial(
    count: int, *, share: int = 50, others: Any = None, list_name: str = "Nieuwsbrief", **plan: Any
) -> Mailing:
    mailing = draft(people(count, list_name=list_name, prefix=list_name.lower())[0], source=SOURCE)
    others = others or [{}, {"subject": "Anders"}]
    experiments.plan(mailing, written={"what": "subject", "share": share, **plan}, others=others)
    return mailing


def start(mailing: Mailing) -> None:
    actions.start(mailing)
    mailing.refresh_from_db()


def standing(mailing: Mailing) -> Experiment:
    return Experiment.objects.get(mailing_id=mailing.pk)


def planned(mailing: Mailing) -> list[list[int]]:
    """The people of each version, and of the rest."""
    mailing.refresh_from_db()
    issues = [version.sent_as for version in versions.tried(standing(mailing))]
    return [
        [
            contact
            for ids in Shard.objects.filter(issue_id=issue).values_list("contact_ids", flat=True)
            for contact in ids
        ]
        for issue in (*issues, mailing.started_issue_id)
    ]


def everyone_had_a_turn(mailing: Mailing) -> None:
    """As the engine does with the versions: all were sent."""
    for version in versions.tried(standing(mailing)):
        for shard in Shard.objects.filter(issue_id=version.sent_as):
            Shard.objects.filter(id=shard.id).update(upto=shard.size, sent=shard.size, state=1)
        Issue.objects.filter(id=version.sent_as).update(state=Issue.State.DONE, finished_at=now())


def clicked(mailing: Mailing, *, a: int, b: int, machines: int = 0, at: datetime | None = None) -> None:
    """As the collector counts: people's clicks on A and B, and machines' on B."""
    first, second = (version.sent_as for version in versions.tried(standing(mailing)))
    hour = (at or now()).replace(minute=0, second=0, microsecond=0)
    for issue, kind, n in (
        (first, Kind.CLICK, a), (second, Kind.CLICK, b), (second, Kind.MACHINE_CLICK, machines),
    ):  # fmt: skip
        for by, value in ((Rollup.By.TOTAL, ""), (Rollup.By.HOUR, str(int(hour.timestamp())))):
            if n:
                Rollup.objects.create(issue_id=issue, by=by, value=value, kind=kind, n=n)
