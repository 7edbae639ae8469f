"""Whether every reader sees the unsubscribe link that a template has of its own. In doubt: no, and the mail gets
another one below. An account can't take the way out away, nor can it hide it."""

import re
from collections.abc import Iterator

from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.builtin.output import OutputNode
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from mailexpert.mail.personalise import HTML, UNSUBSCRIBE, read

LINK, FIELD = "\ue006", "\ue007"  # stand in for the link's output and for a personal one
LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
HIDING = re.compile(
    r"""(?<![\w-])(?:
        display\s*:\s*none
      | visibility\s*:\s*(?:hidden|collapse)
      | mso-hide\s*:\s*all
      | content-visibility\s*:\s*hidden
      | color\s*:\s*transparent
      | (?:opacity|zoom|(?:max-)?(?:height|width))\s*:\s*0*\.?0+(?:[a-z]+|%)?\s*(?:;|!|$)
      | (?:text-indent|left|top|right|bottom|margin(?:-\w+)?)\s*:\s*-\s*\d{3}
      | (?:-\w+-)?transform\s*:
      | clip(?:-path)?\s*:
    )""",
    re.IGNORECASE | re.VERBOSE,
)
FONT_SIZE = re.compile(r"(?<![\w-])font(?:-size)?\s*:[^;]*?(?<![\w.])([0-9]*\.?[0-9]+)", re.IGNORECASE)
SMALLEST_FONT = 5.0
COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([^;!]+)", re.IGNORECASE)
GROUND = re.compile(r"(?<![\w-])background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
MOST_RULES = 1_000
SILENT = frozenset(
    ("template", "noscript", "title", "textarea", "select", "option", "script", "style", "head", "object")
)
SILENT |= {
    "iframe",
    "audio",
    "video",
    "canvas",
    "svg",
    "math",
    "details",
    "dialog",
    "datalist",
    "noembed",
    "noframes",
}
UNSEEN = re.compile(
    "[\\s\xa0\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\u2800\u3164\ufeff\uffa0\ue007]+"
)
NAMED = {"white": "#ffffff", "black": "#000000"}


def stands_always(source: str, link: str = UNSUBSCRIBE) -> bool:
    """The link's output stands outside every condition and loop. Raises RenderProblem for what Liquid can't read."""
    return any(_is_link(node, link) for node in read(source, HTML).nodes)


def is_seen(html: str) -> bool:
    """A link to unsubscribe stands there for everybody, whatever the template's conditions come to. Raises
    RenderProblem for what Liquid can't read."""
    if not stands_always(html):
        return False
    return all(_shows_link(skeleton) for skeleton in _skeletons(html))


def _is_link(node: Node, link: str = UNSUBSCRIBE) -> bool:
    return isinstance(node, OutputNode) and str(node.expression) == link


def _skeletons(html: str) -> Iterator[str]:
    """The page without anything that is under a condition, and the page with all of it."""
    nodes = read(html, HTML).nodes
    links = {node.token.start_index for node in nodes if _is_link(node)}
    shown = (
        node.text if isinstance(node, ContentNode) else LINK if _is_link(node) else FIELD
        for node in nodes
        if isinstance(node, ContentNode | OutputNode)
    )
    yield "".join(shown)

    def whole(found: re.Match[str]) -> str:
        if found.start() in links:
            return LINK
        return FIELD if found[0].startswith("{{") else ""

    yield LIQUID.sub(whole, html)


def _shows_link(skeleton: str) -> bool:
    tree = LexborHTMLParser(skeleton)
    hidden = set(_hidden_by_rules(tree))
    for anchor in tree.css("a[href]"):
        if (anchor.attributes.get("href") or "").strip() != LINK:
            continue
        if all(_is_open(node, hidden) for node in _upwards(anchor)) and _is_readable(anchor, hidden):
            return True
    return False


def _upwards(node: LexborNode | None) -> Iterator[LexborNode]:
    while node is not None and node.tag and not node.tag.startswith("-"):
        yield node
        node = node.parent


def _is_open(node: LexborNode, hidden: set[int]) -> bool:
    """Nothing about this element itself hides what is in it."""
    style = _style(node)
    personal = any(FIELD in (node.attributes.get(name) or "") for name in ("style", "class", "id"))
    escaped = "\\" in style  # CSS has ways to write a word that nobody reads
    rules = node.mem_id in hidden and "!important" not in style
    silent = node.tag in SILENT or "hidden" in node.attributes
    return not (personal or escaped or rules or silent or HIDING.search(style))


def _style(node: LexborNode) -> str:
    return CSS_COMMENT.sub("", node.attributes.get("style") or "").strip()


def _is_readable(anchor: LexborNode, hidden: set[int]) -> bool:
    return any(
        _reads(node, hidden)
        for node in anchor.traverse(include_text=True)
        if _is_text(node) or node.tag == "img"
    )


def _is_text(node: LexborNode) -> bool:
    return bool(node.is_text_node) and bool(UNSEEN.sub("", node.text_content or ""))


def _reads(node: LexborNode, hidden: set[int]) -> bool:
    """This text, or a picture's alternative, can be seen: of font sizes and colours the innermost count (MJML sets
    a size of 0 on its cells and a real one inside)."""
    if node.tag == "img":
        alt = UNSEEN.sub("", node.attributes.get("alt") or "")
        return (
            bool(alt) and _is_open(node, hidden) and "0" not in (_size(node, "width"), _size(node, "height"))
        )
    around = list(_upwards(node.parent))
    sizes = [size[1] for size in map(FONT_SIZE.search, map(_style, around)) if size]
    if sizes and float(sizes[0]) < SMALLEST_FONT and not _is_relative(around):
        return False
    colours = [colour[1] for colour in map(COLOUR.search, map(_style, around)) if colour]
    grounds = [ground for ground in map(_ground, around) if ground]
    same = colours and _plain_colour(colours[0]) == _plain_colour(grounds[0] if grounds else "#ffffff")
    return not same and all(_is_open(element, hidden) for element in around)


def _is_relative(around: list[LexborNode]) -> bool:
    first = next(filter(None, map(FONT_SIZE.search, map(_style, around))))
    return first.string[first.end() :].lower().startswith(("em", "rem")) and float(first[1]) > 0.4


def _size(node: LexborNode, name: str) -> str:
    return (node.attributes.get(name) or "").strip()


def _ground(node: LexborNode) -> str:
    found = GROUND.search(_style(node))
    return found[1] if found else node.attributes.get("bgcolor") or ""


def _plain_colour(written: str) -> str:
    colour = written.strip().lower()
    colour = NAMED.get(colour, colour)
    if len(colour) == 4 and colour.startswith("#"):
        colour = "#" + "".join(sign * 2 for sign in colour[1:])
    return colour


def _hidden_by_rules(tree: LexborHTMLParser) -> Iterator[int]:
    """What style sheets hide anywhere, also only on small screens: whoever reads there would miss it."""
    sheets = " ".join(node.text(deep=True) for node in tree.css("style"))
    for number, rule in enumerate(RULE.finditer(CSS_COMMENT.sub("", sheets))):
        if number > MOST_RULES or FIELD in rule[0] or "\\" in rule[0]:
            yield from (node.mem_id for node in tree.css("a"))
            return
        if HIDING.search(rule[2]):
            for selector in rule[1].split(","):
                yield from _matched(tree, selector.strip())


def _matched(tree: LexborHTMLParser, selector: str) -> list[int]:
    try:
        return [node.mem_id for node in tree.css(selector)]
    except SelectolaxError:
        return []
