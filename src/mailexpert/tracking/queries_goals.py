"""What came of mailings and advertising on the account's own sites, read from the roll-up by day alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Min, QuerySet, Sum
from django.utils.timezone import localtime

from mailexpert.accounts import actions_site
from mailexpert.core import subjects
from mailexpert.mail.utm import Rule
from mailexpert.sending.models import Issue
from mailexpert.tracking.models import Channel, Conversion, Goal, GoalDay, SiteMeasuring, SiteSeen

SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
TOP = 12


@dataclass(frozen=True, kw_only=True)
class Money:
    currency: str
    cents: int

    @property
    def sign(self) -> str:
        return SIGNS.get(self.currency, self.currency)

    @property
    def amount(self) -> float:
        return self.cents / 100


@dataclass(frozen=True, kw_only=True)
class Result:
    """So often was a goal reached; `money` by currency, `of` is the base that a share is a share of."""

    name: str
    n: int
    money: list[Money]
    of: int = 0
    goal: Goal | None = None
    mailing_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Results:
    goals: list[Result]
    mail: list[tuple[str, int]]
    advertising: list[tuple[str, int]]
    mailings: list[Result]
    campaigns: list[Result]
    total: int
    from_mail: int
    from_advertising: int


@dataclass(frozen=True, kw_only=True)
class SeenSite:
    host: str
    seen_at: datetime | None


def measuring() -> SiteMeasuring | None:
    return SiteMeasuring.objects.first()


def utm_rule() -> Rule | None:
    """By which utm words come on links to the account's own sites; None where it wants none, or has no site."""
    found = measuring()
    hosts = frozenset(actions_site.verified_hosts()) if found and found.utm else frozenset()
    return Rule(source=found.utm_source, medium=found.utm_medium, hosts=hosts) if found and hosts else None


def sites() -> list[SeenSite]:
    """The account's verified sites, with when their script last told anything."""
    seen = dict(SiteSeen.objects.values_list("host", "seen_at"))
    return [SeenSite(host=host, seen_at=seen.get(host)) for host in actions_site.verified_hosts()]


def results(now: datetime, days: int, goal: Goal | None = None) -> Results:
    """Over the last `days`, of all goals or of one."""
    today = localtime(now).date()
    rows = GoalDay.objects.filter(day__gt=today - timedelta(days=days), day__lte=today)
    if goal is not None:
        rows = rows.filter(goal_id=goal.id)
    by_channel = dict(rows.values_list("channel").annotate(sum=Sum("n")))
    total = sum(by_channel.values())
    return Results(
        goals=_goals(rows),
        mail=_per_day(rows, Channel.MAIL, today, days),
        advertising=_per_day(rows, Channel.ADVERTISING, today, days),
        mailings=_mailings(rows),
        campaigns=_campaigns(rows),
        total=total,
        from_mail=by_channel.get(Channel.MAIL, 0),
        from_advertising=by_channel.get(Channel.ADVERTISING, 0),
    )


def counts_goals() -> bool:
    """Whether the account measures a site and asks for a goal on it."""
    return measuring() is not None and Goal.objects.filter(archived_at=None).exists()


def conversions_of(issue_id: int, *, since: datetime | None, until: datetime | None) -> int:
    """What one issue alone brought, in the hours that begin from `since` on and before `until`."""
    rows = Conversion.objects.filter(issue_id=issue_id, channel=Channel.MAIL)
    rows = rows.filter(at__gte=since) if since else rows
    rows = rows.filter(at__lt=until) if until else rows
    return rows.aggregate(n=Sum("n"))["n"] or 0


def of_mailing(issues: Iterable[int]) -> list[Result]:
    """What one mailing brought, by goal, beside everything that reached the goal since its first conversion day."""
    mine = GoalDay.objects.filter(issue_id__in=issues)
    sums = list(_sums(mine, "goal_id"))
    if not sums:
        return []
    names = {goal.id: goal for goal in Goal.objects.all()}
    days = mine.aggregate(first=Min("day"), last=Max("day"))
    among = GoalDay.objects.filter(day__gte=days["first"], day__lte=days["last"])
    all_of = dict(among.values_list("goal_id").annotate(sum=Sum("n")))
    found = [
        Result(name=names[key].name, n=n, money=money, of=all_of.get(key, 0), goal=names[key])
        for key, n, money in sums
        if key in names
    ]
    return sorted((one for one in found if one.n), key=lambda one: (-one.n, one.name))


def _goals(rows: QuerySet[GoalDay]) -> list[Result]:
    """Every goal that is counted, also one that nobody reached; those that were archived with what they had."""
    sums = {key: (n, money) for key, n, money in _sums(rows, "goal_id")}
    from_mail = dict(rows.filter(channel=Channel.MAIL).values_list("goal_id").annotate(sum=Sum("n")))
    return [
        Result(name=goal.name, n=n, money=money, of=from_mail.get(goal.id, 0), goal=goal)
        for goal in Goal.objects.order_by("archived_at", "name", "id")
        for n, money in [sums.get(goal.id, (0, []))]
        if goal.archived_at is None or n
    ]


def _mailings(rows: QuerySet[GoalDay]) -> list[Result]:
    found = sorted(_sums(rows.filter(channel=Channel.MAIL), "issue_id"), key=lambda one: -one[1])[:TOP]
    issues = Issue.objects.in_bulk([key for key, _n, _money in found])
    return [
        Result(name=subjects.shown(issues[key].subject), n=n, money=money, mailing_id=issues[key].mailing_id)
        for key, n, money in found
        if key in issues and n
    ]


def _campaigns(rows: QuerySet[GoalDay]) -> list[Result]:
    found = _sums(rows.filter(channel=Channel.ADVERTISING), "source", "medium", "campaign")
    top = sorted(found, key=lambda one: -one[1])[:TOP]
    return [Result(name=" · ".join(filter(None, key)), n=n, money=money) for key, n, money in top if n]


def _sums(rows: QuerySet[GoalDay], *by: str) -> Iterable[tuple]:  # type: ignore[type-arg]
    """(key, number, money by currency); amounts of two currencies are never one sum."""
    found: dict[object, tuple[int, list[Money]]] = {}
    grouped = (
        rows.values_list(*by, "currency").annotate(sum=Sum("n"), worth=Sum("cents")).order_by(*by, "currency")
    )
    for *parts, currency, n, cents in grouped:
        key = parts[0] if len(by) == 1 else tuple(parts)
        before, money = found.get(key, (0, []))
        more = [Money(currency=currency, cents=cents)] if currency and cents else []
        found[key] = before + n, money + more
    return [(key, n, money) for key, (n, money) in found.items()]


def _per_day(rows: QuerySet[GoalDay], channel: Channel, today: date, days: int) -> list[tuple[str, int]]:
    counted = dict(rows.filter(channel=channel).values_list("day").annotate(sum=Sum("n")))
    span = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    return [(f"{day:%d-%m}", counted.get(day, 0)) for day in span]
