"""What a mail may hold: an allow-list of elements, attributes and addresses. Whatever else stands in a source
is left out and named, because mail programs refuse it or because it could run in the preview."""

import re
from dataclasses import dataclass, field
from html import escape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailexpert.content import problems
from mailexpert.content.problems import Problem, SourceError
from mailexpert.content.rules_names import names
from mailexpert.content.rules_shield import COMMENT_START, END, WORD_START

# Ours is counted in the source already; the parser may open a few elements more.
MAX_DEPTH = 400

KEPT = names(
    "a abbr address article aside b big blockquote br caption center cite code col colgroup dd del dfn div "
    "dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol "
    "p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul "
    "var wbr"
)
VOID = names("br col hr img meta wbr")
DROPPED = names(
    "applet audio base canvas embed frame frameset iframe input link math noembed noframes noscript object "
    "plaintext script select svg template textarea video xmp"
)
REPORTED = DROPPED | {"form"}

ATTRIBUTES = names(
    "abbr align alt axis background bgcolor border cellpadding cellspacing char charoff charset cite class "
    "clear color colspan compact content datetime dir face headers height href hspace http-equiv id lang "
    "media name nowrap rel reversed role rowspan rules scope size span src start style summary target title "
    "type valign value vspace width"
)
ADDRESSES = frozenset(("href", "src", "background", "cite"))
SCHEMES = frozenset(("http", "https", "mailto", "tel", "sms", "cid"))
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
DATA_IMAGE = re.compile(r"data:image/(?:png|gif|jpe?g|webp);base64,[A-Za-z0-9+/=]*$", re.IGNORECASE)
# Browsers skip these inside a scheme: java\nscript: runs.
SKIPPED_IN_SCHEME = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\ufeff]")

META_NAMES = names(
    "color-scheme format-detection supported-color-schemes viewport x-apple-disable-message-reformatting"
)
META_EQUIVS = frozenset(("content-type", "x-ua-compatible"))

CSS_HIDING = re.compile(r"/\*.*?\*/", re.DOTALL)
CSS_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?|\\(.)", re.IGNORECASE | re.DOTALL)
CSS_HOSTILE = re.compile(
    r"expression\s*\(|javascript\s*:|vbscript\s*:|behaviou?r\s*:|-moz-binding|</|<!--|url\(\s*['\"]?\s*data:(?!image/)",
    re.IGNORECASE,
)
CSS_LOADING = re.compile(r"@import\b[^;]*(?:;|$)|@font-face\s*\{[^}]*\}", re.IGNORECASE)
CONDITION = re.compile(r"\[if\s[^\]]*\]>|\[if\s[^\]]*\]><!$|<!\[endif\]$", re.IGNORECASE)
HOSTILE_MARKUP = re.compile(
    r"<\s*/?\s*(?:script|iframe|object|embed|form|input|link|base|svg|math|template)\b"
    r"|[\s/\"']on[a-z]+\s*=|(?:java|vb)script\s*:|@import|expression\s*\(",
    re.IGNORECASE,
)
OUR_COMMENT = re.compile(f"{COMMENT_START}\\d+{END}$")


@dataclass(frozen=True, kw_only=True)
class Clean:
    """A document in its parts. `removed` names what was left out; its lines are not known here (0)."""

    html_attributes: dict[str, str]
    head: str
    body_attributes: dict[str, str]
    body: str
    after: str
    title: str
    tree: LexborHTMLParser
    removed: tuple[Problem, ...]


@dataclass
class _Walk:
    removed: list[Problem] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)  # found in the body; Gmail reads them in the head alone

    def leave_out(self, sentence: str, name: str = "") -> None:
        found = Problem(line=0, sentence=sentence, values={"name": name} if name else {})
        if found not in self.removed:
            self.removed.append(found)


def clean(html: str) -> Clean:
    tree = LexborHTMLParser(html)
    walk = _Walk()
    root, head, body = tree.root, tree.head, tree.body
    if root is None or head is None or body is None:
        raise SourceError(Problem(line=1, sentence=problems.EMPTY))
    before, after = _around(root, head, body, walk)
    inside_head = "".join(_head_child(node, walk) for node in _children(head))
    inside_body = _inside(body, walk, 0)
    title = head.css_first("title")
    return Clean(
        html_attributes=_attributes(root, walk),
        head=before + inside_head + "".join(walk.styles),
        body_attributes=_attributes(body, walk),
        body=inside_body + after,
        after=after,
        title=(title.text() or "").strip() if title is not None else "",
        tree=tree,
        removed=tuple(walk.removed),
    )


def _around(root: LexborNode, head: LexborNode, body: LexborNode, walk: _Walk) -> tuple[str, str]:
    """Comments outside head and body, our marks among them: for the head, and for the body."""
    before, after = "", ""
    node = root.prev
    while node is not None:
        before = _comment(node.comment_content or "", walk) + before if node.is_comment_node else before
        node = node.prev
    passed_body = False
    for child in _children(root):
        passed_body = passed_body or child.mem_id == body.mem_id
        if child.is_comment_node:
            made = _comment(child.comment_content or "", walk)
            before, after = (before, after + made) if passed_body else (before + made, after)
    node = root.next
    while node is not None:
        after += _comment(node.comment_content or "", walk) if node.is_comment_node else ""
        node = node.next
    return before, after


def _children(node: LexborNode | None) -> list[LexborNode]:
    found = []
    child = node.first_child if node is not None else None
    while child is not None:
        found.append(child)
        child = child.next
    return found


def _inside(node: LexborNode, walk: _Walk, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise SourceError(Problem(line=1, sentence=problems.TOO_DEEP, values={"limit": MAX_DEPTH}))
    return "".join(_node(child, walk, depth + 1) for child in _children(node))


def _node(node: LexborNode, walk: _Walk, depth: int) -> str:
    if node.is_text_node:
        return text(node.text_content or "")
    if node.is_comment_node:
        return _comment(node.comment_content or "", walk)
    name = (node.tag or "").lower()
    if name == "style":
        walk.styles.append(_style(node, walk))
        return ""
    if name in REPORTED:
        walk.leave_out(problems.REMOVED_ELEMENT, name)
    if name == "meta":
        _meta(node, walk)  # none belongs in a body; one that would lead the reader away is named
        return ""
    if name in DROPPED or name == "title":
        return ""
    if name not in KEPT:
        return _inside(node, walk, depth)
    opening = f"<{name}{written(_attributes(node, walk))}>"
    return opening if name in VOID else f"{opening}{_inside(node, walk, depth)}</{name}>"


def _head_child(node: LexborNode, walk: _Walk) -> str:
    """The title is written by the frame; a loose text can't stand in a head."""
    if node.is_comment_node:
        return _comment(node.comment_content or "", walk)
    name = (node.tag or "").lower()
    if name == "style":
        return _style(node, walk)
    if name == "meta":
        return _meta(node, walk)
    if name in REPORTED:
        walk.leave_out(problems.REMOVED_ELEMENT, name)
    return ""


def _meta(node: LexborNode, walk: _Walk) -> str:
    given = {name.lower(): value or "" for name, value in node.attributes.items()}
    name, equiv = given.get("name", "").lower(), given.get("http-equiv", "").lower()
    if name in META_NAMES or equiv in META_EQUIVS:
        return f"<meta{written(_attributes(node, walk))}>"
    if equiv:
        walk.leave_out(problems.REMOVED_ELEMENT, f"meta {equiv}")
    return ""


def _style(node: LexborNode, walk: _Walk) -> str:
    css = node.text(deep=True) or ""
    kept = CSS_LOADING.sub("", CSS_HIDING.sub("", css))
    if kept != CSS_HIDING.sub("", css):
        walk.leave_out(problems.REMOVED_STYLE)
    if _is_hostile_css(kept) or CSS_LOADING.search(_plain_css(kept)):
        walk.leave_out(problems.REMOVED_STYLE)
        return ""
    return f"<style{written(_attributes(node, walk))}>{kept}</style>" if kept.strip() else ""


def _comment(content: str, walk: _Walk) -> str:
    """Our own marks and Outlook's conditions; what a writer noted for himself is not for the reader."""
    if OUR_COMMENT.match(content):
        return f"<!--{content}-->"
    if not CONDITION.match(content.strip()):
        return ""
    if HOSTILE_MARKUP.search(content):
        walk.leave_out(problems.REMOVED_COMMENT)
        return ""
    return f"<!--{content}-->"


def _attributes(node: LexborNode, walk: _Walk) -> dict[str, str]:
    kept = {}
    for name, given in node.attributes.items():
        name, value = name.lower(), given or ""
        if name.startswith("on"):
            walk.leave_out(problems.REMOVED_HANDLER, name)
        elif name not in ATTRIBUTES and not name.startswith(("aria-", "xmlns")):
            continue
        elif name in ADDRESSES and not is_safe_address(value):
            walk.leave_out(problems.REMOVED_ADDRESS, name)
        elif name == "style" and _is_hostile_css(value):
            walk.leave_out(problems.REMOVED_STYLE)
        else:
            kept[name] = value
    return kept


def is_safe_address(value: str) -> bool:
    """Web, mail and telephone; an anchor; an inline picture; or a field, whose value we can't know."""
    bare = SKIPPED_IN_SCHEME.sub("", value)
    if bare.startswith(WORD_START):
        return True
    scheme = SCHEME.match(bare)
    if scheme is None:
        return True
    return scheme[1].lower() in SCHEMES or DATA_IMAGE.match(bare) is not None


def _plain_css(css: str) -> str:
    """CSS as a browser reads it: without comments, escapes resolved."""

    def resolve(found: re.Match[str]) -> str:
        number = int(found[1], 16) if found[1] else 0
        return chr(number) if 0 < number < 0x110000 else found[2] or ""

    return CSS_ESCAPE.sub(resolve, CSS_HIDING.sub("", css))


def _is_hostile_css(css: str) -> bool:
    return CSS_HOSTILE.search(css) is not None or CSS_HOSTILE.search(_plain_css(css)) is not None


def text(value: str) -> str:
    return escape(value, quote=False).replace("\xa0", "&nbsp;")


def written(attributes: dict[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
