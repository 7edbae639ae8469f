"""The engine's figures for `/metrics`: how fast it sends, what came of each provider's mail, how large windows are, how
much is unsettled; and what the database knows of all engines together: the queue, its age, who is in doubt."""

from mailexpert.base import metrics
from mailexpert.delivery.budget import Budget
from mailexpert.delivery.ports import Outcome
from mailexpert.delivery.verdict import Judged

ELSEWHERE = "other"  # receiving domains that belong to no provider we know
WORDS = {1: "sent", 2: "failed", 3: "skipped", 4: "unanswered"}
QUEUE = {
    "mailexpert_queue_messages": "People of mailings under way who had no turn yet, over all engines.",
    "mailexpert_queue_retries_due": "Deferred messages whose time has come, over all engines.",
    "mailexpert_queue_age_seconds": "How long the oldest work that may go waits for an engine.",
    "mailexpert_in_doubt_messages": "Messages of which nobody knows whether they arrived, in mailings of this day.",
}

verdicts = metrics.Counter(
    "mailexpert_messages", "What came of messages, by receiving provider.", ["provider", "outcome"]
)
windows = metrics.Histogram(
    "mailexpert_window_messages",
    "Messages in a window, by receiving provider.",
    ["provider"],
    buckets=(1, 5, 25, 50, 100, 250),
)
window_seconds = metrics.Histogram(
    "mailexpert_window_seconds",
    "From a window's first message to its last answer.",
    ["provider"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)


def judged(provider: str, found: Judged) -> None:
    name = provider or ELSEWHERE
    if found.sent:
        verdicts.labels(name, "sent").inc(len(found.sent))
    if found.outcomes:
        _count(name, found.outcomes)
    deferred = sum(again.attempt > again.tried or again.code > 0 for again in found.again)
    if deferred:  # whoever had no turn, because of a pause or a broken line, is none of these
        verdicts.labels(name, "deferred").inc(deferred)


def _count(name: str, outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        verdicts.labels(name, WORDS[outcome.outcome]).inc()


def window_ended(provider: str, taken: int, seconds: float) -> None:
    name = provider or ELSEWHERE
    windows.labels(name).observe(taken)
    window_seconds.labels(name).observe(seconds)


def watch(url: str, statement: str, budget: Budget, most: int) -> None:
    """Have the figures of this engine and of the queue at hand for whoever asks."""
    metrics.gauge(
        "mailexpert_unsettled_messages",
        "Messages marked and not yet written down: what a crash would leave in doubt.",
        lambda: most - budget.left,
    )
    metrics.ask(url, statement, QUEUE)
