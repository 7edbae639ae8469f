"""Each check sees the thing break: the promise is kept, something is broken on purpose, and it turns red."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from mailexpert.accounts.models import Device, Notice, User
from mailexpert.base import antivirus, clock, env, keys, listening, outgoing
from mailexpert.base.listening import Listener
from mailexpert.conftest import Tenant
from mailexpert.core import promises, register
from mailexpert.core.beside import Beside
from mailexpert.core.promises import Ground, Outcome, State
from mailexpert.core.scope import account, beside_wall
from mailexpert.mail import compose
from mailexpert.privacy.checks import database, machine, mail, served
from mailexpert.privacy.checks import outgoing as sharing
from mailexpert.privacy.models import Attestation, Question, ServedCookie, Subprocessor
from mailexpert.sending.models import Issue, Relay

pytestmark = pytest.mark.django_db
Look = Callable[[Ground], Outcome]


@pytest.fixture(autouse=True)
def beside() -> Iterator[None]:
    with beside_wall(Beside.TESTS):
        yield


def look(check: Look, **environment: Any) -> Outcome:
    known = env.read({"MAILEXPERT_HOME": str(env.load().home), **environment})
    return check(Ground(env=known, now=clock.now()))


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def said(outcome: Outcome) -> str:
    assert outcome.state == State.BROKEN, outcome
    return str(outcome.said)


# ── A5: the way out ──


def test_a5_every_composed_mail_has_its_link(shop: Tenant) -> None:
    with account(shop.id):
        Issue.objects.create(
            sender_address="a@winkel.example", subject="Hi", html="<p>Hi</p>", text="Hi", purpose="x"
        )
    assert look(mail.every_mail_has_its_link).state == State.KEPT


def test_a5_turns_red_when_the_unsubscribe_block_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "with_footer", lambda html, text, language, sender_line: (html, text))
    assert "ontbreekt in a bare template" in said(look(mail.every_mail_has_its_link))


def test_a5_turns_red_when_the_header_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose.Composer, "compose", _without_header(compose.Composer.compose))
    assert said(look(mail.every_mail_has_its_link)).startswith("List-Unsubscribe ontbreekt")


def _without_header(real: Any) -> Any:
    def composed(self: Any, *values: Any) -> Any:
        for made in real(self, *values):
            yield made._replace(body=made.body.replace(b"List-Unsubscribe:", b"X-Gone:"))

    return composed


# ── A10: the wall, secrets, the way ──


def test_a10_the_wall_stands(shop: Tenant) -> None:
    assert look(database.the_wall_stands).state == State.KEPT


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        ("ALTER TABLE contacts_contact DISABLE ROW LEVEL SECURITY", "contacts_contact"),
        ("DROP POLICY wall ON contacts_list", "contacts_list"),
        ("GRANT UPDATE ON privacy_consent TO mailexpert_app", "privacy_consent"),
    ],
)
def test_a10_turns_red_when_the_wall_has_a_hole(harm: str, word: str) -> None:
    execute(harm)
    assert word in said(look(database.the_wall_stands))


def test_a10_turns_red_when_a_policy_lets_everyone_see(shop: Tenant) -> None:
    execute("DROP POLICY wall ON accounts_account")
    execute("CREATE POLICY wall ON accounts_account TO mailexpert_app USING (true)")
    assert "accounts_account" in said(look(database.the_wall_stands))


def test_a10_turns_red_when_a_secret_is_not_sealed(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.update(password="argon2$x")
    assert look(database.secrets_are_closed).state == State.KEPT
    with account(shop.id):
        Relay.objects.create(name="x", host="smtp.example.org", port=25, secret="open sesame")
    assert "onverzegeld" in said(look(database.secrets_are_closed))


def test_a10_turns_red_when_a_password_is_weakly_hashed(shop: Tenant) -> None:
    User.objects.filter(pk=shop.owner.pk).update(password="md5$x$y")
    assert "bewaard zijn: 1" in said(look(database.secrets_are_closed))


def test_a10_turns_red_when_pages_travel_in_the_open() -> None:
    assert look(database.the_way_is_closed).state == State.KEPT
    assert "http://mail.example.org" in said(
        look(database.the_way_is_closed, MAILEXPERT_BASE_URL="http://mail.example.org")
    )


# ── A12: open ports ──


def listens(monkeypatch: pytest.MonkeyPatch, *ports: tuple[str, int]) -> None:
    found = [Listener(address=address, port=port, inode="0") for address, port in ports]
    monkeypatch.setattr(listening, "listeners", lambda: found)


def test_a12_declared_channels_and_local_ones_are_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    listens(monkeypatch, ("0.0.0.0", 8000), ("127.0.0.1", 5432), ("::1", 9999))
    assert look(machine.only_channels_are_open).state == State.KEPT


def test_a12_turns_red_when_a_port_opens_and_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    listens(monkeypatch, ("0.0.0.0", 8000), ("0.0.0.0", 31337))
    assert "31337" in said(look(machine.only_channels_are_open))


def test_a12_sees_a_port_that_is_really_open() -> None:
    import socket

    with socket.socket() as door:
        door.bind(("0.0.0.0", 0))
        door.listen()
        assert str(door.getsockname()[1]) in said(look(machine.only_channels_are_open))


# ── A13: viruses ──


@pytest.fixture
def clamd(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A scanner that answers what it is told."""
    answers = {"scan": "stream: Win.Test.EICAR_HDB-1 FOUND", "version": ""}
    monkeypatch.setattr(antivirus, "address", lambda _env: "127.0.0.1:1")
    monkeypatch.setattr(antivirus, "_ask", lambda _where, _chunks: answers["scan"])
    monkeypatch.setattr(antivirus, "version", lambda _env: answers["version"])
    return answers


def test_a13_the_test_virus_is_found(clamd: dict[str, str]) -> None:
    assert look(machine.a_virus_is_found).state == State.KEPT


def test_a13_turns_red_when_the_scanner_sleeps_or_is_gone(
    clamd: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clamd["scan"] = "stream: OK"
    assert "niet gevonden" in said(look(machine.a_virus_is_found))
    monkeypatch.setattr(antivirus, "address", lambda _env: None)
    assert "geen virusscanner" in said(look(machine.a_virus_is_found))


@pytest.mark.parametrize(("hours", "state"), [(7.9, State.KEPT), (8.1, State.BROKEN)])
def test_a13_turns_red_when_definitions_are_old(clamd: dict[str, str], hours: float, state: State) -> None:
    made = timezone.localtime(timezone.now() - timedelta(hours=hours))
    made = made.astimezone()
    clamd["version"] = f"ClamAV 1.0.7/27450/{made:%a %b %d %H:%M:%S %Y}"
    assert look(machine.definitions_are_fresh).state == state


# ── A14: disks ──

WHOLE = """Personalities : [raid1]
md0 : active raid1 sdb1[1] sda1[0]
      1046528 blocks super 1.2 [2/2] [UU]

unused devices: <none>
"""


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (WHOLE, State.KEPT),
        (WHOLE.replace("[2/2] [UU]", "[2/1] [U_]"), State.BROKEN),
        (WHOLE.replace("sdb1[1]", "sdb1[1](F)"), State.BROKEN),
        (WHOLE.replace("active", "inactive"), State.BROKEN),
        ("Personalities :\nunused devices: <none>\n", State.BROKEN),
    ],
)
def test_a14_turns_red_when_an_array_is_degraded(
    text: str, state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "MDSTAT", tmp_path / "mdstat")
    machine.MDSTAT.write_text(text)
    assert look(machine.disks_are_whole).state == state


def test_a14_holds_while_somebody_vouches_and_not_a_day_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "MDSTAT", tmp_path / "none")
    today = timezone.localdate()
    vouching = Attestation.objects.create(
        promise="A14", name="Jan", document="Contract 7", signed_on=today - timedelta(days=30), expires_on=today,
        entered_at=clock.now(),
    )  # fmt: skip
    assert "Jan" in str(look(machine.disks_are_whole).said)
    Attestation.objects.filter(id=vouching.id).update(expires_on=today - timedelta(days=1))
    assert "niemand staat in" in said(look(machine.disks_are_whole))
    Attestation.objects.filter(id=vouching.id).update(expires_on=today, withdrawn_at=clock.now())
    assert look(machine.disks_are_whole).state == State.BROKEN


# ── A17: questions ──


def test_a17_turns_red_when_a_question_is_late() -> None:
    from mailexpert.privacy.checks.web import questions_are_answered_in_time

    now = clock.now()
    asked = Question.objects.create(
        email="a@b.example", text="?", asked_at=now, due_at=now + timedelta(days=3)
    )
    assert look(questions_are_answered_in_time).state == State.KEPT
    Question.objects.filter(id=asked.id).update(due_at=now - timedelta(seconds=1))
    assert "1" in said(look(questions_are_answered_in_time))
    Question.objects.filter(id=asked.id).update(answered_at=now)
    assert look(questions_are_answered_in_time).state == State.KEPT


# ── A18, A19: cookies that were served ──


def serve(name: str, max_age: int | None = None, **more: Any) -> None:
    kind = {"is_secure": True, "is_http_only": True, "same_site": "Lax", **more}
    ServedCookie.objects.create(name=name, max_age=max_age, last_seen=clock.now(), **kind)


def test_a18_turns_red_when_a_session_outlives_the_browser() -> None:
    assert look(served.the_session_ends_with_the_browser).state == State.CHECKING
    serve(settings.SESSION_COOKIE_NAME)
    assert look(served.the_session_ends_with_the_browser).state == State.KEPT
    serve(settings.SESSION_COOKIE_NAME, max_age=86_400)
    assert look(served.the_session_ends_with_the_browser).state == State.BROKEN


def test_a19_turns_red_when_an_undeclared_cookie_is_served() -> None:
    serve("mailexpert_theme", max_age=365 * 86_400)
    assert look(served.every_cookie_is_declared).state == State.KEPT
    serve("follower")
    assert "follower" in said(look(served.every_cookie_is_declared))


def test_a19_turns_red_when_a_cookie_lasts_longer_than_declared() -> None:
    serve("mailexpert_theme", max_age=3 * 365 * 86_400)
    assert "mailexpert_theme" in said(look(served.every_cookie_is_declared))


def test_a19_turns_red_when_a_device_is_remembered_too_long(shop: Tenant) -> None:
    assert look(served.a_device_is_remembered_by_a_token).state == State.KEPT
    now = clock.now()
    Device.objects.create(
        user=shop.owner, series="x", token=b"x", rotated_at=now, created_at=now, last_used=now.date(),
        expires_at=now - timedelta(days=3),
    )  # fmt: skip
    assert look(served.a_device_is_remembered_by_a_token).state == State.BROKEN


# ── A23: where data goes ──


def test_a23_turns_red_when_nothing_watches() -> None:
    outgoing.unwatch()
    assert "let niets op" in said(look(sharing.an_undeclared_host_is_refused))


def test_a23_an_undeclared_host_is_really_refused() -> None:
    outgoing.watch(env.load())
    try:
        assert look(sharing.an_undeclared_host_is_refused).state == State.KEPT
    finally:
        outgoing.unwatch()


def test_a23_turns_red_when_no_company_stands_behind_a_host() -> None:
    relay = {"MAILEXPERT_RELAY_URL": "smtp://smtp.provider.example:587"}
    assert "smtp.provider.example" in said(look(sharing.a_company_stands_behind_each_host, **relay))
    Subprocessor.objects.create(name="Provider", hosts=["smtp.provider.example"], since=clock.now().date())
    assert look(sharing.a_company_stands_behind_each_host, **relay).state == State.KEPT


# ── A27: the register ──


@pytest.fixture
def clean_home(tmp_path: Path) -> dict[str, str]:
    (tmp_path / keys.SECRET_FILE).write_text("x")
    (tmp_path / "files" / "images" / "7").mkdir(parents=True)
    return {"MAILEXPERT_HOME": str(tmp_path)}


def test_a27_everything_is_declared(clean_home: dict[str, str]) -> None:
    assert look(database.everything_is_declared, **clean_home).state == State.KEPT


def test_a27_turns_red_when_a_column_is_added(clean_home: dict[str, str]) -> None:
    execute("ALTER TABLE contacts_contact ADD COLUMN shoe_size int")
    assert "contacts_contact.shoe_size" in said(look(database.everything_is_declared, **clean_home))


def test_a27_turns_red_when_a_file_lies_where_none_should(clean_home: dict[str, str]) -> None:
    (Path(clean_home["MAILEXPERT_HOME"]) / "files" / "passports").mkdir()
    assert "files/passports" in said(look(database.everything_is_declared, **clean_home))


def test_a27_turns_red_when_a_job_carries_more_than_ids(clean_home: dict[str, str]) -> None:
    execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
        """VALUES ('default', 'accounts.jobs.send_notice', '{"notice_id": 1, "email": "a@b.example"}')"""
    )
    assert "send_notice(email)" in said(look(database.everything_is_declared, **clean_home))


def test_a27_turns_red_when_measurements_name_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(database.no_visit_names_a_person).state == State.KEPT
    monkeypatch.setattr(register, "_tables", dict(register.tables()))
    register.declare(
        "tracking_stalk", purpose="x", ground="contract", subject="contact", keep="x",
        columns={"contact_id": "user.unique_id.pseudonymous"},
    )  # fmt: skip
    assert "tracking_stalk.contact_id" in said(look(database.no_visit_names_a_person))


# ── A1, A6 ──


def test_a1_turns_red_when_an_unconfirmed_account_mailed(shop: Tenant) -> None:
    from allauth.account.models import EmailAddress

    from mailexpert.privacy.checks.accounts import nobody_mails_unconfirmed

    with account(shop.id):
        Issue.objects.create(
            sender_address="a@winkel.example", subject="Hi", purpose="x", kind=Issue.Kind.MAILING
        )
    address = EmailAddress.objects.create(user=shop.owner, email=shop.owner.email, verified=True)
    assert look(nobody_mails_unconfirmed).state == State.KEPT
    EmailAddress.objects.filter(pk=address.pk).update(verified=False)
    assert said(look(nobody_mails_unconfirmed))


def test_a6_turns_red_when_notices_pile_up() -> None:
    from mailexpert.privacy.checks.accounts import notices_leave

    made = Notice.objects.create(
        recipient="a@b.example", subject="x", text="x", html="x", created_at=clock.now()
    )
    assert look(notices_leave).state == State.KEPT
    Notice.objects.filter(pk=made.pk).update(created_at=clock.now() - timedelta(hours=2))
    assert said(look(notices_leave))


def test_promises_without_their_machinery_say_so() -> None:
    """None of these can look green before something stands behind them."""
    ground = Ground(env=env.load(), now=clock.now())
    states = {
        one.id: promises.examine(one, ground).state
        for one in promises.promises()
        if one.id in {"A9", "A11", "A15"}
    }
    assert set(states.values()) == {State.NOT_BUILT}
