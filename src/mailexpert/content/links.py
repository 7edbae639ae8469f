"""Links in a mail: which pages they lead to, and what those pages answered."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from mailexpert.base import weblink
from mailexpert.base.weblink import Answer
from mailexpert.content.findings import Finding, Written, fine, warn
from mailexpert.content.models import LinkLook
from mailexpert.content.problems import gettext_noop
from mailexpert.content.rules_checks import is_example

GOOD_FOR, BAD_FOR = timedelta(hours=6), timedelta(minutes=2)
MOST = 200  # different links in one mail
PATIENCE = 12.0  # seconds for all of them

GONE = gettext_noop("“%(label)s” leads to a page that doesn’t exist: %(url)s answers %(status)s.")
NO_ANSWER = gettext_noop("“%(label)s” gives no answer: %(url)s. Look at it yourself before you send.")
BROKEN = gettext_noop("“%(label)s” answers with an error (%(status)s): %(url)s.")
MOVED = gettext_noop(
    "“%(label)s” goes on to another address: %(final)s. Use that one; each detour takes time."
)
NOT_LOOKED = gettext_noop("%(count)s links are still being looked at.")
ALL_THERE = gettext_noop("Every page that the mail links to exists.")


def targets(html: str) -> dict[str, str]:
    """The web pages a mail links to, with the words that lead there. Not what differs per reader."""
    found: dict[str, str] = {}
    for anchor in LexborHTMLParser(html).css("a[href]"):
        url = (anchor.attributes.get("href") or "").strip()
        if (
            url.startswith(("http://", "https://"))
            and "{{" not in url
            and "{%" not in url
            and len(url) < 2000
        ):
            label = " ".join((anchor.text(deep=True) or "").split())
            found.setdefault(url, label or url)
    return dict(list(found.items())[:MOST])


def look(urls: list[str], *, again: bool = False) -> None:
    """Ask what isn't known, or was asked too long ago, and keep the answers."""
    known = {} if again else answers(urls)
    asked = weblink.look_all([url for url in urls if url not in known], PATIENCE)
    now = timezone.now()
    rows = [
        LinkLook(
            url=url,
            url_hash=_hash(url),
            status=answer.status,
            final=answer.final,
            why=answer.why,
            looked_at=now,
        )
        for url, answer in sorted(
            asked.items()
        )  # in one order: two who look at the same links don't deadlock
    ]
    LinkLook.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["account_id", "url_hash"],
        update_fields=["status", "final", "why", "looked_at"],
    )


def answers(urls: list[str]) -> dict[str, Answer]:
    """What is known and still fresh."""
    now = timezone.now()
    rows = LinkLook.objects.filter(url_hash__in=[_hash(url) for url in urls])
    return {
        row.url: Answer(status=row.status, final=row.final, why=row.why)
        for row in rows
        if now - row.looked_at < (GOOD_FOR if 0 < row.status < 400 else BAD_FOR)
    }


def examine(html: str, written: Written) -> Iterator[Finding]:
    """What is known of each link. A page that is gone blocks; no answer is for a person to judge."""
    wanted = targets(html)
    known = answers(list(wanted))
    faults = [
        found for url, label in wanted.items() if (found := _judged(url, label, known.get(url), written))
    ]
    yield from faults
    waiting = len(wanted) - len(known)
    if waiting:
        yield fine("links_waiting", NOT_LOOKED, count=waiting)
    elif wanted and not faults and not any(map(is_example, wanted)):
        yield fine("links_there", ALL_THERE)


def moved(html: str) -> dict[str, str]:
    """Where the pages of this mail are now, as far as they answered from another address."""
    found = answers(list(targets(html)))
    here = Written(text="")
    return {
        url: answer.final
        for url, answer in found.items()
        if (said := _judged(url, "", answer, here)) and said.code == "link_moved"
    }


def _judged(url: str, label: str, answer: Answer | None, written: Written) -> Finding | None:
    place, values = written.place(url, label), {"label": label[:80], "url": url[:200]}
    if answer is None:
        return None
    if answer.is_gone:
        values |= {"status": str(answer.status)}
        return Finding(code="link_dead", level="block", sentence=GONE, values=values, where=place)
    if answer.why == "private":
        return None  # rules_checks says so: it leads to a machine of one's own
    if not answer.status and is_example(url):
        return None  # rules_checks says so: no address of one's own was filled in yet
    if not answer.status:
        return warn("link_silent", NO_ANSWER, place, **values)
    if answer.status >= 400 and answer.status not in (401, 403, 429):
        return warn("link_error", BROKEN, place, **values, status=answer.status)
    if answer.final != url and _bare(answer.final) != _bare(url):
        return warn("link_moved", MOVED, place, label=label[:80], final=answer.final[:200])
    return None


def _bare(url: str) -> str:
    """A detour to the same page (a slash, www, https) is none worth telling."""
    return url.split("://", 1)[-1].removeprefix("www.").split("?")[0].split("#")[0].rstrip("/")


def _hash(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()
