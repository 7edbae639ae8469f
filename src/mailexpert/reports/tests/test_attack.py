"""Somebody in the account tries to learn whether one reader clicked: everything that can be read of a mailing is read
twice, once in a world where that reader clicked and once where they didn't, and must be the same."""

import re
from types import SimpleNamespace

import pytest
from django.urls import reverse

from mailexpert.accounts.actions import make_token
from mailexpert.core.scope import account
from mailexpert.mail import links
from mailexpert.mailings import actions
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.reports import queries
from mailexpert.sending.models import Circle, Delivery, Issue, Shard
from mailexpert.tracking.models import Rollup

PAGES = ("mailing", "progress", "map", "map_mail", "people", "not_sent", "csv", "pdf")
FLEETING = re.compile(
    rb'/CreationDate \([^)]*\)|/ID ?\[[^\]]*\]|csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|X-CSRFToken[^}]*}'
)
LAST = re.compile(rb'<section aria-labelledby="h-last">.*?</section>', re.DOTALL)
A, B = '<a href="https://winkel.example/a">a</a>', '<a href="https://winkel.example/b">b</a>'


def a_mailing(count, source, *, sent=None):
    news, rows = people(count, list_name=f"Lijst van {count}", prefix=f"lezer{count}x")
    made = draft(news, source=f"<p>{source}</p>", name="Nieuwsbrief november")
    actions.start(made)
    made.refresh_from_db()
    got = rows[: count if sent is None else sent]
    for row in got:
        Delivery.objects.create(issue_id=made.issue_id, contact_id=row.id, attempt=1, outcome=1, code=250)
    Shard.objects.filter(issue_id=made.issue_id).update(upto=len(got), sent=len(got))
    Issue.objects.filter(id=made.issue_id).update(state=3)
    actions.follow(made.id)
    return made, rows


def only_for(mailing, before, after):
    """The second link of the frozen mailing, shown on a condition."""
    issue = Issue.objects.get(id=mailing.issue_id)
    second = f'<a href="{links.OPENING}1{links.CLOSING}">b</a>'
    assert second in issue.html
    Issue.objects.filter(id=issue.id).update(
        html=issue.html.replace(second, f"{before}{second}{after}"),
        text=links.PLACEHOLDER.sub("", issue.text),
    )


def click(mailing, link, *, n=1, machine=False):
    """As the collector adds a hit to the roll-ups."""
    kind = 4 if machine else 2
    properties = [("0", ""), ("1", str(link)), ("2", "1795510800"), ("3", "1"), ("5", "NL")]
    for by, value in [*properties, *([("6", "6")] if machine else [])]:
        row, _new = Rollup.objects.get_or_create(
            issue_id=mailing.issue_id, by=int(by), value=value, kind=kind, defaults={"n": 0}
        )
        Rollup.objects.filter(issue_id=mailing.issue_id, by=row.by, value=value, kind=kind).update(
            n=row.n + n
        )


@pytest.fixture
def read(shop_client, shop, client):
    """Everything that pages, files and API say."""

    token = make_token(shop.account, "test")

    def everything(mailing, *others):
        chosen = {"m": [mailing.id, *(other.id for other in others)]}
        answers = [shop_client.get(reverse(f"reports:{name}", args=[mailing.id])) for name in PAGES]
        answers.append(shop_client.get(reverse("reports:index")))
        answers.append(shop_client.get(reverse("reports:compare"), chosen))
        for path in (f"/{mailing.id}", f"/{mailing.id}/report", ""):
            answers.append(
                client.get(f"/api/v1/mailings{path}", headers={"Authorization": f"Bearer {token}"})
            )
        assert {answer.status_code for answer in answers} <= {200, 404}
        dashboard = LAST.search(shop_client.get("/").getvalue())
        assert dashboard is not None
        return [dashboard[0]] + [FLEETING.sub(b"", answer.getvalue()) for answer in answers]

    return everything


@pytest.mark.parametrize("machine", [False, True])
def test_of_a_mailing_to_nineteen_nothing_tells_whether_one_clicked(read, shop, machine):
    with account(shop.id):
        mailing, _rows = a_mailing(19, A)
        other, _more = a_mailing(30, A)
    before = read(mailing, other)
    with account(shop.id):
        click(mailing, 0, machine=machine)
    assert read(mailing, other) == before


def test_of_a_mailing_that_twenty_were_to_get_and_nineteen_got_neither(read, shop):
    with account(shop.id):
        mailing, _rows = a_mailing(20, A, sent=19)
    before = read(mailing)
    with account(shop.id):
        click(mailing, 0)
    assert read(mailing) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{% if contact.email == 'lezer40x0@voorbeeld.example' %}", "{% endif %}"),
        ("{% if contact.segment-7 %}", "{% endif %}"),
        ("{% unless contact.segment-8 %}", "{% endunless %}"),
        ('<div style="display:{{ contact.first_name }}">', "</div>"),
    ],
)
def test_a_link_made_for_one_reader_tells_nothing_not_by_any_sum_either(read, shop, before, after):
    with account(shop.id):
        mailing, rows = a_mailing(40, f"{A} {B}")
        only_for(mailing, before, after)
        everyone = [row.id for row in rows]
        for segment, inside in ((7, everyone[:1]), (8, everyone[1:])):
            Circle.objects.create(
                issue_id=mailing.issue_id, segment_id=segment, first=min(inside), contact_ids=inside
            )
        click(mailing, 0, n=30)
    before_it = read(mailing)
    with account(shop.id):
        click(mailing, 1)
    assert read(mailing) == before_it


def test_a_link_for_a_segment_of_many_is_told(shop):
    with account(shop.id):
        mailing, rows = a_mailing(40, f"{A} {B}")
        only_for(mailing, "{% if contact.segment-7 %}", "{% endif %}")
        inside = [row.id for row in rows[:25]]
        Circle.objects.create(issue_id=mailing.issue_id, segment_id=7, first=min(inside), contact_ids=inside)
        click(mailing, 1, n=3)
        mailing.refresh_from_db()
        report = queries.report(mailing)
        assert [(one.base, one.clicks) for one in report.told.links] == [(40, 0), (25, 3)]
        assert queries.lines([mailing])[0].sums.clicks == report.told.sums.clicks == 3


def test_a_link_that_only_a_small_version_has_tells_nothing(shop):
    with account(shop.id):
        mailing, _rows = a_mailing(40, f"{A} {B}", sent=10)
        lead = Issue.objects.get(id=mailing.issue_id)
        version = Issue.objects.create(
            lead_id=lead.id, sender_address="a@b.example", links=lead.links, html=lead.html.split("</a>")[0]
        )
        Shard.objects.create(issue=version, n=0, contact_ids=list(range(90_000, 90_030)), upto=30, sent=30)
        click(mailing, 1, n=3)
        click(SimpleNamespace(issue_id=version.id), 0, n=5)
        mailing.refresh_from_db()
        report = queries.report(mailing)
        assert report.counts.sent == 40
        assert [(one.base, one.number) for one in report.told.links] == [(40, 0)]
        assert report.told.sums.clicks == queries.lines([mailing])[0].sums.clicks == 5
