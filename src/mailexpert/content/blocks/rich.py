"""The little HTML that a text block may hold, and the free HTML of a code block. What comes out is well formed, so
nothing in it can end the element of ours that it stands in."""

from html import escape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailexpert.content.rules_clean import clean, is_safe_address
from mailexpert.content.rules_names import names
from mailexpert.content.rules_shield import shield, shield_html, unshield

INLINE = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "s": "s", "del": "s"}
BLOCKS = names("p div h1 h2 h3 h4 h5 h6 li blockquote tr section article header footer pre")
SILENT = names("script style head title template noscript iframe object svg math textarea select")
DEEPEST = 60


def words(value: str) -> str:
    """A line of text as HTML: escaped, but not inside Liquid, which is code there."""
    shielded = shield(" ".join(value.split()))
    return unshield(escape(shielded.source, quote=False), shielded.tags)


def attribute(value: str) -> str:
    """As `words`, for between double quotes."""
    shielded = shield(" ".join(value.split()))
    return unshield(escape(shielded.source), shielded.tags)


def address(value: str) -> str:
    """An address for between double quotes; `#` where there is none. A host without a scheme gets https."""
    value = value.strip()
    if not value or not is_safe_address(shield(value).source):
        return "#"
    return attribute(with_scheme(value))


def with_scheme(value: str) -> str:
    if "@" in value and "/" not in value and ":" not in value:
        return f"mailto:{value}"
    begin = value.split("/", 1)[0]
    if ":" not in begin and "." in begin and not begin.startswith(("{", ".", "#")):
        return f"https://{value}"
    return value


def paragraphs(html: str) -> str:
    """Paragraphs with bold, italic, struck through, line breaks and links. All else is read as text."""
    shielded = shield(html)
    made = _Writer()
    body = LexborHTMLParser(shielded.source).body
    if body is not None:
        made.inside(body, 0)
    made.end()
    return unshield("".join(f"<p>{paragraph}</p>" for paragraph in made.done), shielded.tags)


def free(html: str) -> str:
    """The HTML of a code block as the cleaner leaves it. Raises SourceError."""
    shielded = shield_html(html)
    return " ".join(unshield(clean(shielded.source).body, shielded.tags).splitlines())


class _Writer:
    def __init__(self) -> None:
        self.done: list[str] = []
        self.now = ""

    def end(self) -> None:
        if self.now.replace("<br>", "").strip():
            self.done.append(self.now.strip())
        self.now = ""

    def inside(self, node: LexborNode, depth: int) -> None:
        child = node.first_child if depth < DEEPEST else None
        while child is not None:
            self._node(child, depth + 1)
            child = child.next

    def _node(self, node: LexborNode, depth: int) -> None:
        name = (node.tag or "").lower()
        if node.is_text_node:
            self.now += escape(" ".join((f".{node.text_content or ''}.").split())[1:-1], quote=False)
        elif name in SILENT or node.is_comment_node:
            return
        elif name == "br":
            self.now += "<br>"
        elif name in BLOCKS:
            self.end()
            self.inside(node, depth)
            self.end()
        elif name == "a" or name in INLINE:
            self._inline(node, name, depth)
        else:
            self.inside(node, depth)

    def _inline(self, node: LexborNode, name: str, depth: int) -> None:
        """A block inside a link or a bold part ends neither; it is read as its text."""
        inner = _Writer()
        inner.inside(node, depth)
        inner.end_keeping_spaces()
        held = "<br>".join(inner.done)
        target = (node.attributes.get("href") or "").strip() if name == "a" else ""
        if name == "a" and target and is_safe_address(target) and held.strip():
            self.now += f'<a href="{escape(with_scheme(target))}">{held}</a>'
        elif name in INLINE and held.strip():
            self.now += f"<{INLINE[name]}>{held}</{INLINE[name]}>"
        else:
            self.now += held

    def end_keeping_spaces(self) -> None:
        if self.now:
            self.done.append(self.now)
        self.now = ""
