"""Contacts who gave no sign of interest for long are asked once whether they still want mail, and erased when they
don't answer. Who is on no list any more can't be asked and goes without."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from mailexpert.accounts.models import Account
from mailexpert.base import clock
from mailexpert.contacts import letters, tokens
from mailexpert.contacts.actions import erase_contacts
from mailexpert.contacts.letters import Words
from mailexpert.contacts.models import Contact, Preference, Silence
from mailexpert.core.scope import current_account
from mailexpert.privacy.models import Erasure
from mailexpert.privacy.rules_rights import add_months

INACTIVE = (Path(__file__).parent / "sql" / "inactive.sql").read_text()
ANSWER = timedelta(days=30)
NIGHT = timedelta(hours=4)  # what isn't erased by then is another night's
AT_ONCE = 500  # erased in one transaction
# So that no mail server is flooded with questions: a thirtieth of those to ask, so that a month asks them all.
FEWEST_ASKED = 500
NIGHTS = 30
MOST_COUNTED = 100_000
STANDS = """EXISTS (
    SELECT 1 FROM contacts_membership m WHERE m.account_id = %(account)s AND m.contact_id = c.id
    AND m.ended_at IS NULL AND m.ground <> 'unknown')
AND NOT EXISTS (SELECT 1 FROM sending_suppression s WHERE s.account_id = %(account)s AND s.email_key = c.email_key)"""
# A question that was answered long ago counts no more; it is asked again after another silence.
ASKED = "p.asked_at IS NOT NULL AND p.asked_at > coalesce(p.kept_at, '-infinity') AND p.asked_at >= %(limit)s"
WHICH = {
    "to_ask": f"({STANDS}) AND ({ASKED}) IS NOT TRUE",
    "waiting": f"({ASKED}) AND p.asked_at > %(answered)s",
    "to_erase": f"({ASKED}) AND p.asked_at <= %(answered)s",
    "unreachable": f"NOT ({STANDS}) AND ({ASKED}) IS NOT TRUE",
}


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What tonight's turn would do; `waiting` were asked and can still answer."""

    to_ask: int
    waiting: int
    to_erase: int
    unreachable: int


def months() -> int:
    return min(Silence.objects.values_list("months", flat=True).first() or Silence.MOST, Silence.MOST)


def set_months(wanted: int) -> None:
    """Shorter than the most is the account's choice."""
    Silence.objects.update_or_create(
        account_id=current_account(), defaults={"months": min(wanted, Silence.MOST)}
    )


def dry_run(now: datetime) -> Counts:
    return Counts(**{name: _count(name, now) for name in WHICH})


def tonight(now: datetime) -> Counts:
    """Ask, and erase everyone whose time has come. Inside the account; a second turn does what is left."""
    unreachable = _erase("unreachable", now)
    erased = _erase("to_erase", now)
    most = max(FEWEST_ASKED, math.ceil(_exactly("to_ask", now) / NIGHTS))
    asked = [_ask(number, now) for number in _ids("to_ask", now, most)]
    return Counts(to_ask=len(asked), waiting=0, to_erase=erased, unreachable=unreachable)


def _erase(which: str, now: datetime) -> int:
    """A batch after the other, each a transaction of its own."""
    until, erased = clock.now() + NIGHT, 0
    while clock.now() < until and (some := _ids(which, now, AT_ONCE)):
        erased += erase_contacts(some, Erasure.Why.INACTIVE)
    return erased


@transaction.atomic
def _ask(contact_id: int, now: datetime) -> None:
    contact = Contact.objects.get(id=contact_id)
    Preference.objects.update_or_create(contact_id=contact.id, defaults={"asked_at": now, "updated_at": now})
    language = contact.language if contact.language in ("nl", "en") else Account.objects.get().language
    with override(language):
        told = _words(contact, now)
    letters.write(contact.email, language, told)


def _words(contact: Contact, now: datetime) -> Words:
    facts = {"sender": Account.objects.get().name, "day": date_format(now + ANSWER, "j F Y")}
    return Words(
        subject=_("Do you still want mail from %(sender)s?") % facts,
        paragraphs=(
            _("You are on a list of %(sender)s, and it has been long since we noticed that you read it.") % facts,
            _("Press the button behind the link, and you stay on. If you do nothing, your data is erased after "
              "%(day)s.")
            % facts,
        ),
        button=_("Tell us what you want"),
        url=tokens.preferences_url(contact),
    )  # fmt: skip


def _values(now: datetime) -> dict[str, Any]:
    limit = datetime.combine(add_months(now.date(), -months()), now.timetz())
    return {"account": current_account(), "limit": limit, "answered": now - ANSWER}


def _ids(which: str, now: datetime, most: int) -> list[int]:
    return [row[0] for row in _rows("c.id", which, now, most)]


def _count(which: str, now: datetime) -> int:
    return len(_rows("1", which, now, MOST_COUNTED))


def _exactly(which: str, now: datetime) -> int:
    return int(_rows("count(*)", which, now, 1)[0][0])


def _rows(what: str, which: str, now: datetime, most: int) -> list[tuple[Any, ...]]:
    statement = INACTIVE.format(what=what, which=WHICH[which]) + f" LIMIT {most}"
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(now))
        return list(cursor.fetchall())
