"""utm words on the links of a mailing, for the statistics that an account has of its own sites. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from mailexpert.mail import anchors
from mailexpert.mail.links import IGNORED, WEB


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`hosts`: the account's own sites; no other link is touched."""

    source: str
    medium: str
    hosts: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Tagged:
    html: str
    text: str
    count: int


def put_on(html: str, text: str, rule: Rule, campaign: str) -> Tagged:
    """Both parts with the words on each link to an own site. One that has any utm word already is its author's
    affair, and one that holds Liquid isn't known yet; both are left alone, as is every other byte."""
    words = {"utm_source": rule.source, "utm_medium": rule.medium, "utm_campaign": campaign}
    in_html = ((place.start, place.end, "" if place.is_quoted else '"') for place in anchors.hrefs(html))
    in_text = ((start, end, None) for start, end in anchors.in_text(text))
    html, in_one = _replaced(html, in_html, rule, words)
    text, in_other = _replaced(text, in_text, rule, words)
    return Tagged(html=html, text=text, count=max(in_one, in_other))


def _replaced(
    source: str, places: Iterable[tuple[int, int, str | None]], rule: Rule, words: dict[str, str]
) -> tuple[str, int]:
    out: list[str] = []
    done = count = 0
    for start, end, quotes in places:
        written = source[start:end]
        target = written if quotes is None else unescape(written).strip().translate(IGNORED)
        if "{{" in written or "{%" in written or (tagged := _tagged(target, rule, words)) is None:
            continue
        out += (source[done:start], tagged if quotes is None else f"{quotes}{escape(tagged)}{quotes}")
        done = end
        count += 1
    return "".join([*out, source[done:]]), count


def _tagged(target: str, rule: Rule, words: dict[str, str]) -> str | None:
    if not target.lower().startswith(WEB):
        return None
    try:
        parts = urlsplit(target)
        host = parts.hostname or ""
    except ValueError:
        return None
    if host not in rule.hosts or any(
        name.lower().startswith("utm_") for name, _value in parse_qsl(parts.query)
    ):
        return None
    query = "&".join(filter(None, (parts.query, urlencode({k: v for k, v in words.items() if v}))))
    return urlunsplit(parts._replace(query=query))
