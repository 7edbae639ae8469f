"""How a test of versions stands, gathered for its page, for the report of its mailing and for files."""

from typing import Any

from django.utils.translation import gettext as _

from mailexpert.mailings import goals, queries_experiments, words_experiments
from mailexpert.mailings import rules_experiments as rule
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.models_experiments import LETTERS, Experiment

Cell = str | int | float | None


def shown(mailing: Mailing) -> dict[str, Any] | None:
    """Nothing where no test was begun."""
    experiment = queries_experiments.of(mailing)
    if experiment is None or experiment.state == Experiment.State.DRAFT or mailing.issue_id is None:
        return None
    now = queries_experiments.readings(experiment)
    then = queries_experiments.decided_on(experiment) if experiment.winner is not None else now
    lines = words_experiments.lines(experiment, then)
    goal, parts = goals.goal(experiment.goal), queries_experiments.rows(experiment)
    return {
        "mailing": mailing,
        "experiment": experiment,
        "what": experiment.get_what_display(),
        "lines": lines,
        "most": max((line.rate for line in lines), default=0.0),
        "unit": goal.unit,
        "outlook": words_experiments.outlook(experiment, now) if experiment.is_open else [],
        "outcome": words_experiments.outcome(experiment, then),
        "clock": words_experiments.clock(experiment),
        "waiting": parts[-1].counts.planned,
        "rule": {
            "chance": round(rule.EARLY_CHANCE * 100),
            "people": rule.EARLY_PEOPLE,
            "clear": round(rule.CLEAR_CHANCE * 100),
        },
        "counts_hits": goal.key == "clicks",
        "parts": parts,
    }


def table(mailing: Mailing) -> tuple[list[str], list[list[Cell]]]:
    """The versions and the rest as rows. Clicks of fewer than 20 people are left empty."""
    head = [
        _("Version"), _("Subject"), _("Planned"), _("Waiting"), _("Sent"), _("Skipped"), _("Failed"), _("Deferred"),
        _("In doubt"), _("Clicks"), _("Machine clicks"), _("Unsubscribed"),
    ]  # fmt: skip
    experiment = queries_experiments.of(mailing)
    if experiment is None:
        return head, []
    rows = queries_experiments.rows(experiment)
    may_show = all(
        row.may_show or not row.counts.sent for row in rows
    )  # else the total would tell the others'
    return head, [_cells(row, may_show=may_show) for row in rows]


def _cells(row: queries_experiments.Row, *, may_show: bool) -> list[Cell]:
    counts = row.counts
    return [
        LETTERS[row.version.n] if row.version else _("Everyone else"),
        row.subject,
        counts.planned, counts.waiting, counts.sent, counts.skipped, counts.failed, counts.deferred, counts.in_doubt,
        row.clicks if may_show else None,
        row.machine_clicks if may_show else None,
        row.unsubscribed if may_show else None,
    ]  # fmt: skip


def as_members(mailing: Mailing) -> list[dict[str, Any]]:
    """The same for the API."""
    experiment = queries_experiments.of(mailing)
    rows = queries_experiments.rows(experiment) if experiment else []
    may_show = all(row.may_show or not row.counts.sent for row in rows)
    return [
        {
            "letter": row.version.letter if row.version else "",
            "subject": row.subject,
            "winner": row.version is not None
            and experiment is not None
            and experiment.winner == row.version.n,
            **vars(row.counts),
            "clicks": row.clicks if may_show else None,
            "machine_clicks": row.machine_clicks if may_show else None,
            "unsubscribed": row.unsubscribed if may_show else None,
        }
        for row in rows
    ]
