"""The rows of a report's tables, each table's as one piece: {% load report_rows %}. A template takes ten times as long
for them, and a mailing may have a hundred links."""

from collections.abc import Iterable
from html import escape

from django.template import Library
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from mailexpert.core.amounts import number, percent
from mailexpert.reports.queries import Link
from mailexpert.reports.queries_measured import Row
from mailexpert.sending.queries_pulse import Place

register = Library()


@register.simple_tag
def link_rows(links: Iterable[Link], sent: int, most: int) -> SafeString:
    too_few = _("too few people")
    return _together(_link(link, sent, most, too_few) for link in links)


def _link(link: Link, sent: int, most: int, too_few: str) -> str:
    head = f'<tr><th scope="row">{escape(link.words or link.page)}</th><td class="me-mono">{escape(link.page)}</td>'
    if link.clicks is None:
        return (
            f'{head}<td class="n me-muted">–</td><td class="me-links-share me-muted">{too_few}</td>'
            '<td class="n me-muted">–</td></tr>'
        )
    width = f"{100 * link.clicks / most if most else 0:.2f}%"
    return (
        f'{head}<td class="n">{number(link.clicks)}</td><td class="me-links-share"><div><span class="me-share">'
        f'<svg width="{width}" aria-hidden="true"></svg></span>'
        f'<span class="n">{percent(link.clicks, sent)}</span></div></td>'
        f'<td class="n me-muted">{number(link.machine_clicks or 0)}</td></tr>'
    )


@register.simple_tag
def place_rows(places: Iterable[Place]) -> SafeString:
    return _together(
        f'<tr><th scope="row">{escape(place.name)}</th><td class="n">{number(place.planned)}</td>'
        f'<td class="n">{number(place.sent)}</td><td class="n">{number(place.failed)}{_failed(place)}</td></tr>'
        for place in places
    )


def _failed(place: Place) -> str:
    return f' <span class="me-muted">{percent(place.failed, place.planned)}</span>' if place.failed else ""


@register.simple_tag
def share_rows(rows: Iterable[Row], opens: bool) -> SafeString:
    return _together(
        f'<tr><th scope="row">{escape(row.label)}</th>{_told(row.clicks)}{_told(row.opens) if opens else ""}</tr>'
        for row in rows
    )


def _told(n: int | None) -> str:
    return f'<td class="n">{"–" if n is None else number(n)}</td>'


def _together(rows: Iterable[str]) -> SafeString:
    return mark_safe("".join(rows))  # noqa: S308 (what people wrote is escaped above)
