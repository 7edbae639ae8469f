"""What a site shows of its owner's brand: a page and its style sheets in, colours, fonts and logos to choose from out.
Pure, and on hostile input: nothing is run, nothing is fetched here."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailexpert.content.blocks import look
from mailexpert.content.rules_brand import nearest_font

RULE = re.compile(r"([^{}]{1,400})\{([^{}]{0,4000})\}")
DECLARED = re.compile(r"([\w-]{2,60})\s*:\s*([^;]{1,300})")
COLOUR = re.compile(
    r"#([0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-f])|rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})", re.I
)
TELLING = re.compile(r"primary|brand|accent|theme|main|hoofd|merk", re.IGNORECASE)
PROMINENT = re.compile(r"btn|button|knop|header|nav|\ba\b|\bh1\b", re.IGNORECASE)
LOGO = re.compile(r"logo|brand|beeldmerk", re.IGNORECASE)
ICONS = ("apple-touch-icon", "icon", "shortcut icon")
MOST_RULES, MOST_COLOURS, MOST_LOGOS, MOST_SHEETS = 20_000, 6, 5, 3
SHADE = 0.15  # under it a colour is a grey, and no brand
PALE = 0.75  # from here on it can lie around a mail


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The likeliest first. `family`: what the site asks for, `font` what comes nearest in mails."""

    name: str
    accents: tuple[str, ...]
    grounds: tuple[str, ...]
    font: str
    family: str
    logos: tuple[str, ...]
    has_svg: bool


def sheets(html: str, base: str) -> list[str]:
    """The style sheets worth reading; its own host's first."""
    host = urlsplit(base).hostname
    found = [
        urljoin(base, href)
        for node in LexborHTMLParser(html).css("link[rel=stylesheet][href]")
        if (href := (node.attributes.get("href") or "").strip())
    ]
    return sorted(found, key=lambda url: urlsplit(url).hostname != host)[:MOST_SHEETS]


def read(html: str, css: Iterable[str], base: str) -> Proposal:
    tree = LexborHTMLParser(html)
    inside = [node.text(deep=True) or "" for node in tree.css("style")]
    rules = [rule for sheet in (*inside, *css) for rule in RULE.findall(sheet)[:MOST_RULES]]
    accents, grounds = _colours(tree, rules)
    family = _family(rules)
    logos = [urljoin(base, source) for source in _logos(tree)]
    drawn = [url for url in logos if urlsplit(url).path.lower().endswith(".svg")]
    return Proposal(
        name=_name(tree),
        accents=tuple(accents),
        grounds=tuple(grounds),
        font=nearest_font(family),
        family=family,
        logos=tuple(dict.fromkeys(url for url in logos if url not in drawn))[:MOST_LOGOS],
        has_svg=bool(drawn) or bool(tree.css("header svg, [class*=logo] svg, svg[class*=logo]")),
    )


def _name(tree: LexborHTMLParser) -> str:
    named = _meta(tree, "og:site_name") or _meta(tree, "application-name")
    title = tree.css_first("title")
    whole = " ".join((title.text() if title else "").split())
    return (named or re.split(r"\s[|–—·-]\s", whole)[-1])[:200].strip()


def _meta(tree: LexborHTMLParser, name: str) -> str:
    for node in tree.css("meta"):
        if name in (node.attributes.get("name"), node.attributes.get("property")):
            return " ".join((node.attributes.get("content") or "").split())
    return ""


def _colours(tree: LexborHTMLParser, rules: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    accents: Counter[str] = Counter()
    grounds: Counter[str] = Counter()
    for colour in _hexes(_meta(tree, "theme-color")):
        accents[colour] += 30
    styles = ((node.tag or "", node.attributes.get("style") or "") for node in tree.css("[style]"))
    for selector, body in (*rules, *styles):
        for name, value in DECLARED.findall(body):
            for colour in _hexes(value):
                accents[colour] += _weight(selector, name)
                if "background" in name and re.search(r"\b(body|html|main)\b", selector):
                    grounds[colour] += 5
    vivid = [colour for colour, _n in accents.most_common() if _shade(colour) >= SHADE]
    pale = [colour for colour, _n in grounds.most_common() if look.luminance(colour) >= PALE]
    pale += [colour for colour, _n in accents.most_common(40) if 0.85 <= look.luminance(colour) < 1]
    plain = [*pale[: MOST_COLOURS - 2], "#f3f4f1", "#ffffff"]
    strong = [colour for colour in vivid if look.luminance(colour) < PALE]
    return strong[:MOST_COLOURS], list(dict.fromkeys(plain))


def _weight(selector: str, name: str) -> int:
    if name.startswith("--"):
        return 20 if TELLING.search(name) else 1
    if "background" in name and PROMINENT.search(selector):
        return 6
    return 2 if name == "color" and PROMINENT.search(selector) else 1


def _hexes(value: str) -> Iterator[str]:
    for found in COLOUR.finditer(value):
        if found[1]:
            digits = found[1].lower()
            yield "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))
        else:
            yield "#" + "".join(f"{min(255, int(part)):02x}" for part in found.groups()[1:])


def _shade(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    most, least = max(red, green, blue), min(red, green, blue)
    return (most - least) / most if most else 0.0


def _family(rules: list[tuple[str, str]]) -> str:
    counted: Counter[str] = Counter()
    for selector, body in rules:
        for name, value in DECLARED.findall(body):
            if name == "font-family" and "var(" not in value and not selector.lstrip().startswith("@"):
                weight = 20 if re.search(r"(^|,|\s)(body|html)\s*(,|$)", selector) else 1
                counted[" ".join(value.replace("!important", "").split())[:200]] += weight
    return counted.most_common(1)[0][0] if counted else ""


def _logos(tree: LexborHTMLParser) -> Iterator[str]:
    for node in tree.css("img[src]"):
        if any(LOGO.search(words) for words in _said_of(node)):
            yield (node.attributes.get("src") or "").strip()
    for rel in ICONS:
        for node in tree.css(f'link[rel="{rel}"][href]'):
            yield (node.attributes.get("href") or "").strip()
    shared = _meta(tree, "og:image")
    if shared:
        yield shared


def _said_of(node: LexborNode) -> Iterator[str]:
    for _step in range(3):
        for name in ("src", "alt", "class", "id"):
            yield node.attributes.get(name) or ""
        parent = node.parent
        if parent is None:
            return
        node = parent
