"""The report of a mailing adds up to the person, and says why."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import translation

from mailexpert.base.clock import now
from mailexpert.contacts.models import List, Membership
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mailings import actions
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.reports import charts, queries, views_audience, words
from mailexpert.reports.disclosure import Detail
from mailexpert.reports.queries_measured import measured
from mailexpert.reports.tests.test_attack import A, a_mailing
from mailexpert.sending.models import Delivery, Issue, Reply, Shard, Stop
from mailexpert.tracking.models import Rollup


@pytest.fixture
def mailing(shop):
    """Forty people: 36 sent, one refused, one skipped, two still waiting."""
    with account(shop.id):
        news, rows = people(40)
        made = draft(news, source='<p><a href="https://winkel.example/a">Het verhaal</a></p>')
        actions.start(made)
        made.refresh_from_db()
        settle(made, rows)
        return made


def settle(mailing, rows):
    def note(row, outcome, code):
        Delivery.objects.create(
            issue_id=mailing.issue_id, contact_id=row.id, attempt=1, outcome=outcome, code=code
        )

    for row in rows[:36]:
        note(row, 1, 250)
    note(rows[36], 2, 550)
    note(rows[37], 3, 1)
    Reply.objects.create(
        issue_id=mailing.issue_id, contact_id=rows[36].id, attempt=1, text="550 5.1.1 onbekend"
    )
    Shard.objects.filter(issue_id=mailing.issue_id).update(upto=38, sent=36, failed=1, skipped=1)


def page(client, name, mailing):
    return client.get(reverse(f"reports:{name}", args=[mailing.id]))


def test_the_sum_on_the_page_adds_up(shop_client, mailing, shop):
    with account(shop.id):
        counts = queries.report(mailing).counts
    assert (counts.planned, counts.sent, counts.failed, counts.skipped, counts.waiting) == (40, 36, 1, 1, 2)
    text = page(shop_client, "mailing", mailing).content.decode()
    assert "Uitgeschreven vóór hun beurt" in text
    assert "Het adres bestaat niet of weigert mail" in text


def test_of_a_stopped_mailing_only_who_got_it_is_told(shop_client, mailing, shop):
    with account(shop.id):
        Mailing.objects.filter(id=mailing.id).update(state="cancelled")
    text = page(shop_client, "mailing", mailing).content.decode()
    assert '<span class="me-figure">36</span> van 40 kregen hem voordat hij werd gestopt' in text
    assert "aan de beurt geweest" not in text


def test_every_link_stands_there_with_its_clicks(shop_client, mailing, shop):
    with account(shop.id):
        for kind, n in ((2, 3), (4, 2)):
            Rollup.objects.create(issue_id=mailing.issue_id, by=Rollup.By.LINK, value="0", kind=kind, n=n)
        (link,) = queries.links(queries.report(mailing))
    assert (link.page, link.clicks, link.machine_clicks) == ("winkel.example/a", 3, 2)
    assert "winkel.example/a" in page(shop_client, "mailing", mailing).content.decode()


def test_the_list_of_who_did_not_get_it_names_them_and_why(shop_client, mailing):
    text = page(shop_client, "not_sent", mailing).getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert {tuple(row[:3]) for row in rows[1:]} == {
        ("lezer36@voorbeeld.example", "Voor36", "mislukt"),
        ("lezer37@voorbeeld.example", "Voor37", "overgeslagen"),
    }


def test_a_reason_to_wait_is_said_in_words(shop_client, mailing, shop):
    with account(shop.id):
        Issue.objects.update(reason="relay_unreachable")
    assert "niet bereikbaar" in page(shop_client, "progress", mailing).content.decode()


@pytest.mark.parametrize(
    "code", ["relay_unreachable", "relay_refuses", "relay_login", "relay_tls", "cannot_compose", "x"]
)
def test_every_reason_has_words(code):
    assert words.reason(code)
    assert words.reason("") == ""


def test_a_mailing_that_is_done_closes_when_somebody_looks(shop_client, mailing, shop):
    with account(shop.id):
        Issue.objects.update(state=3)
    assert "Verzonden" in page(shop_client, "mailing", mailing).content.decode()
    with account(shop.id):
        mailing.refresh_from_db()
    assert mailing.state == "sent"


def test_a_draft_has_no_report_yet(shop_client, shop):
    with account(shop.id):
        news, _rows = people(1)
        made = draft(news)
    assert page(shop_client, "mailing", made)["Location"] == reverse("mailings:show", args=[made.id])


def test_the_reports_and_the_dashboard_show_it(shop_client, mailing):
    assert mailing.name in shop_client.get(reverse("reports:index")).content.decode()
    assert mailing.name in shop_client.get("/").content.decode()


@pytest.mark.parametrize(
    "name", ["mailing", "progress", "people", "not_sent", "map", "map_mail", "csv", "pdf"]
)
def test_a_stranger_finds_nothing(stranger_client, mailing, name):
    assert page(stranger_client, name, mailing).status_code == 404


def add(issue: int, by: Rollup.By, value: str, **kinds: int) -> None:
    numbers = {"opens": 1, "clicks": 2, "machine_opens": 3, "machine_clicks": 4}
    for name, n in kinds.items():
        Rollup.objects.create(issue_id=issue, by=by, value=value, kind=numbers[name], n=n)


def test_machines_stand_beside_people_with_what_told_them_apart(shop_client, mailing, shop):
    with account(shop.id):
        add(mailing.issue_id, Rollup.By.TOTAL, "", clicks=5, machine_clicks=7, machine_opens=2)
        add(mailing.issue_id, Rollup.By.RULE, "10", machine_clicks=7)
        add(mailing.issue_id, Rollup.By.RULE, "4", machine_opens=2)
    text = page(shop_client, "mailing", mailing).content.decode()
    assert "Volgde een link die niemand kan zien" in text
    assert "Apples Privacybescherming in Mail" in text


def test_readers_are_split_by_device_from_twenty_of_each_on(mailing, shop):
    with account(shop.id):
        add(mailing.issue_id, Rollup.By.TOTAL, "", clicks=45)
        add(mailing.issue_id, Rollup.By.DEVICE, "1", clicks=25)
        add(mailing.issue_id, Rollup.By.DEVICE, "3", clicks=5)
        told = measured(queries.report(mailing)).devices
    assert [(row.label, row.clicks) for row in told] == [("Telefoon", 25), ("Overige en onbekend", 20)]


def test_in_its_first_hours_clicks_and_stops_stand_by_the_five_minutes(shop_client, mailing, shop):
    began = (now() - timedelta(minutes=40)).replace(second=0, microsecond=0)
    began -= timedelta(minutes=began.minute % 5)
    with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
        cursor.execute("UPDATE sending_delivery SET at = %s", [began + timedelta(minutes=11)])
    with account(shop.id):
        Mailing.objects.filter(id=mailing.id).update(started_at=began)
        for minutes, n in ((5, 1), (10, 6), (25, 9)):
            clicked(mailing, began + timedelta(minutes=minutes), n)
        Stop.objects.create(issue_id=mailing.issue_id, contact_id=5, via=1, at=began + timedelta(minutes=17))
        mailing.refresh_from_db()
        with translation.override("nl"):
            time = charts.over_time(queries.report(mailing))
    assert time["clicks"]["caption"] == "Kliks per 5 minuten"
    assert [n for _at, n in time["clicks"]["rows"]] == [
        0,
        0,
        7,
        0,
        0,
        9,
    ]  # who had it at eleven minutes were many
    assert [n for _at, n in time["stops"]["rows"]] == [0, 0, 0, 1, 0, 0]  # on the same axis
    assert "per 5 minuten" in page(shop_client, "mailing", mailing).content.decode()


@pytest.mark.parametrize("last", [70, 71, 72, 73, 75, 96, 24 * 90, 24 * 200])  # hours
def test_the_page_draws_from_days_what_every_hour_would_draw(mailing, shop, last):
    began = (now() - timedelta(days=210)).replace(hour=9, minute=0, second=0, microsecond=0)
    with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
        cursor.execute("UPDATE sending_delivery SET at = %s", [began + timedelta(minutes=11)])
    with account(shop.id):
        Mailing.objects.filter(id=mailing.id).update(started_at=began)
        for n, hour in enumerate(sorted({*range(0, last, 7), last - 1, last})):
            add(
                mailing.issue_id,
                Rollup.By.HOUR,
                str(int((began + timedelta(hours=hour)).timestamp())),
                clicks=n + 1,
            )
        mailing.refresh_from_db()
        page, whole = (
            charts.over_time(queries.report(mailing, detail)) for detail in (Detail.PAGE, Detail.WHOLE)
        )
    assert page["clicks"] == whole["clicks"]
    assert page["clicks"]["rows"]


def test_sums_and_links_are_the_same_in_every_detail(mailing, shop):
    with account(shop.id):
        add(mailing.issue_id, Rollup.By.TOTAL, "", clicks=45, machine_clicks=3)
        add(mailing.issue_id, Rollup.By.LINK, "0", clicks=45, machine_clicks=3)
        add(mailing.issue_id, Rollup.By.DEVICE, "1", clicks=45)
        told = [queries.report(mailing, detail).told for detail in Detail]
    assert {(one.sums.clicks, one.sums.machine_clicks, one.links, one.untold) for one in told} == {
        (45, 3, told[0].links, 0)
    }
    assert told[0].links[0].clicks == 45


def clicked(mailing, at, n):
    """As the collector stores it: by the hour and by its five minutes."""
    hour = at.replace(minute=0)
    for by, when in ((Rollup.By.TOTAL, None), (Rollup.By.HOUR, hour), (Rollup.By.PART, at)):
        value = str(int(when.timestamp())) if when else ""
        row, _new = Rollup.objects.get_or_create(
            issue_id=mailing.issue_id, by=by, value=value, kind=2, defaults={"n": 0}
        )
        Rollup.objects.filter(issue_id=mailing.issue_id, by=by, value=value).update(n=row.n + n)


def test_the_people_page_names_them_a_page_at_a_time(shop_client, mailing, shop):
    where = reverse("reports:people", args=[mailing.id])
    assert "lezer37@voorbeeld.example" in shop_client.get(where).content.decode()
    failed = shop_client.get(where, {"what": "failed"}).content.decode()
    assert "lezer36@voorbeeld.example" in failed
    assert "550 5.1.1 onbekend" in failed
    assert "lezer36" not in shop_client.get(where, {"what": "skipped", "after": "9-9999999"}).content.decode()
    for nonsense in ({"what": "x"}, {"after": "a-b"}, {"why": "99999999999"}, {"after": "-" * 50}):
        assert shop_client.get(where, nonsense).status_code == 200


def test_the_click_map_draws_the_mail_with_each_links_share_and_runs_nothing(shop_client, mailing, shop):
    with account(shop.id):
        add(mailing.issue_id, Rollup.By.LINK, "0", clicks=9)
        add(mailing.issue_id, Rollup.By.TOTAL, "", clicks=9)
    assert "25,0" in page(shop_client, "map", mailing).content.decode()
    drawn = page(shop_client, "map_mail", mailing)
    assert "1 · 25,0\u00a0%" in drawn.content.decode()
    assert "winkel.example/a" not in drawn.content.decode()
    assert "default-src 'none'" in drawn["Content-Security-Policy"]


def test_a_mailing_to_nobody_says_so_once_and_nothing_else(shop_client, mailing, shop):
    with account(shop.id):
        Shard.objects.all().delete()
        Issue.objects.update(state=3)
    text = page(shop_client, "mailing", mailing).content.decode()
    assert "Er was niemand om naar te verzenden" in text
    assert text.count("Er was niemand") == 1
    assert "aan de beurt geweest" not in text
    assert "minder dan 20" not in text
    for name in ("people", "progress", "map", "csv", "pdf", "doubt"):
        assert page(shop_client, name, mailing).status_code == 200, name


def test_a_mailing_to_five_million_says_what_is_to_come_and_nothing_of_few(shop_client, shop):
    with account(shop.id):
        news, _rows = people(1)
        made = draft(news)
        actions.start(made)
        made.refresh_from_db()
        Shard.objects.all().delete()
    with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
        cursor.execute(FIVE_MILLION, [shop.id, made.issue_id])
    text = page(shop_client, "mailing", made).content.decode()
    assert "van de 5.000.000 mensen was nog niemand aan de beurt" in text
    assert "minder dan 20" not in text
    assert "Kliks tonen we zodra 20 mensen de mailing hebben" in text
    for name in ("people", "progress", "map", "csv", "pdf", "doubt"):
        assert page(shop_client, name, made).status_code == 200, name
    assert "5.000.000" in shop_client.get(reverse("reports:index")).content.decode()


FIVE_MILLION = """
INSERT INTO sending_shard (account_id, issue_id, n, contact_ids, lane, relay_id, epoch, not_before)
SELECT %s, %s, n, a.ids, '', 0, 0, now()
FROM (SELECT array_agg(g::bigint) AS ids FROM generate_series(1, 1000) g) a, generate_series(1, 5000) n
"""


def test_a_mailing_of_which_all_is_in_doubt_says_so(shop_client, shop):
    with account(shop.id):
        news, _rows = people(30)
        made = draft(news)
        actions.start(made)
        Shard.objects.update(upto=30, state=1, lease_until=now())
        Issue.objects.update(state=3)
    text = page(shop_client, "mailing", made).content.decode()
    assert "Bij alle 30 mensen is in twijfel of ze deze mailing kregen" in text
    assert "minder dan 20" not in text
    assert "lezer0@voorbeeld.example" in page(shop_client, "people", made).content.decode()
    for name in ("progress", "map", "csv", "pdf", "doubt"):
        assert page(shop_client, name, made).status_code == 200, name


def test_mailings_lie_side_by_side_with_how_sure_their_rates_are(shop_client, mailing, shop):
    with account(shop.id):
        add(mailing.issue_id, Rollup.By.TOTAL, "", clicks=9)
        add(mailing.issue_id, Rollup.By.LINK, "0", clicks=9)
        other = draft(List.objects.get(), name="Nieuwsbrief december")
        actions.start(other)
    where = reverse("reports:compare")
    both = shop_client.get(where, {"m": [mailing.id, other.id]}).content.decode()
    assert "tussen" in both
    assert "Nieuwsbrief december" in both
    alone = shop_client.get(where, {"m": [mailing.id, "x", "9" * 30]}).content.decode()
    assert "Kies er minstens twee" in alone or "Kies minstens twee mailings" in alone


def test_where_compared_mailings_are_equal_chance_has_nothing_to_explain(shop_client, shop):
    with account(shop.id):
        first, second = (a_mailing(count, A)[0] for count in (40, 50))
    text = shop_client.get(reverse("reports:compare"), {"m": [first.id, second.id]}).content.decode()
    complaints = text.partition("Klachten, van wie hem kreeg")[2]
    assert "Er is geen verschil." in complaints
    assert "toeval" not in complaints


def test_compared_mailings_have_one_chart_of_clicks_since_the_start_and_small_ones_no_line(shop_client, shop):
    with account(shop.id):
        first, second, few = (a_mailing(count, A)[0] for count in (40, 50, 5))
        for made, days in ((first, 2), (second, 1), (few, 1)):
            began = now() - timedelta(days=days)
            Mailing.objects.filter(id=made.id).update(started_at=began)
            move_sending(made, began)
            clicked(made, (began + timedelta(hours=3)).replace(minute=0, second=0, microsecond=0), 10)
    text = shop_client.get(reverse("reports:compare"), {"m": [first.id, second.id, few.id]}).content.decode()
    assert text.count('class="line stroke-') == 2
    assert "A 25,0" in text
    assert "B 20,0" in text
    alone = shop_client.get(reverse("reports:compare"), {"m": [first.id, few.id]}).content.decode()
    assert "stroke-1" not in alone


def move_sending(mailing, at):
    with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
        cursor.execute("UPDATE sending_delivery SET at = %s WHERE issue_id = %s", [at, mailing.issue_id])


def test_a_strangers_mailings_arent_compared(stranger_client, mailing):
    text = stranger_client.get(reverse("reports:compare"), {"m": [mailing.id]}).content.decode()
    assert "Zodra je twee mailings hebt verzonden" in text
    assert f'value="{mailing.id}"' not in text


def test_the_audience_page_says_who_came_from_where_and_how_they_left(shop_client, stranger_client, shop):
    with account(shop.id):
        _news, rows = people(5)
        Membership.objects.filter(contact_id__in=[row.id for row in rows[:2]]).update(source="form")
        Membership.objects.filter(contact_id=rows[0].id).update(ended_at=now(), ended_by=1)
    text = shop_client.get(reverse("reports:audience")).content.decode()
    assert "aanmeldformulier" in text
    assert "Met één klik in het mailprogramma" in text
    assert "aanmeldformulier" not in stranger_client.get(reverse("reports:audience")).content.decode()


def test_months_are_written_as_the_language_of_the_page_has_them():
    with translation.override("nl"):
        assert views_audience._month("2026-11") == "nov 2026"
    with translation.override("en"):
        assert views_audience._month("2026-11") == "Nov 2026"
