"""The text part of a mail, read off its HTML: headings, lists, tables and links as lines for a person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailexpert.content.rules_clean import is_safe_address
from mailexpert.content.rules_names import names
from mailexpert.content.rules_shield import COMMENT_START, END, MARK, WORD, WORD_START

SILENT = names("head script style title template svg math noscript object iframe video audio select")
BLOCKS = names(
    "address article aside blockquote center dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header li main nav ol p pre section table tbody td tfoot th thead tr ul"
)
# A line of their own above and below.
APART = names("blockquote dl figure h1 h2 h3 h4 h5 h6 ol p pre table ul")
HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)
SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
UNSEEN = re.compile("[\u00ad\u034f\u200b-\u200f\u2060\ufeff]")
MARK_COMMENT = re.compile(f"{COMMENT_START}(\\d+){END}$")
RULE = "-" * 24
CELLS = " | "
BETWEEN_LINKS = frozenset("·|•")


@dataclass
class _Page:
    """Lines under construction. `gap` = empty lines that the next text asks for."""

    lines: list[str] = field(default_factory=list)
    now: str = ""
    gap: int = 0
    indent: str = ""
    bullet: str = ""
    bullets: int = 0  # lists around us

    def write(self, text: str) -> None:
        self.now += text.lstrip(" ") if not self.now or self.now.endswith(" ") else text

    def end(self, gap: int = 0, *, keep_spaces: bool = False) -> None:
        line = self.now if keep_spaces else self.now.strip(" ")
        if line.strip(" "):
            if self.lines and self.gap:
                self.lines.append("")
            margin = self.indent[: len(self.indent) - len(self.bullet)] + self.bullet
            self.lines.append(margin + line)
            self.gap, self.bullet = 0, ""
        self.now = ""
        self.gap = max(self.gap, gap)


def text_of(tree: LexborHTMLParser, *, before: str = "", after: str = "") -> str:
    """The body as text, Liquid's marks in their places. `before`, `after`: HTML around it with marks."""
    page = _Page()
    page.write("".join(marks_in(before)))
    if tree.body is not None:
        _inside(tree.body, page)
    page.write("".join(marks_in(after)))
    page.end()
    return "\n".join(line.rstrip() for line in page.lines) + "\n" if page.lines else ""


def marks_in(html: str) -> Iterator[str]:
    """The steering marks of a piece of HTML, as words."""
    for found in MARK.finditer(html):
        if found[1]:
            yield f"{WORD_START}{found[1]}{END}"


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def _inside(node: LexborNode, page: _Page) -> None:
    for child in _children(node):
        _node(child, page)


def _node(node: LexborNode, page: _Page) -> None:
    if _is_between_links(node):
        page.end()
        return
    if node.is_text_node:
        page.write(UNSEEN.sub("", SPACES.sub(" ", node.text_content or "")))
        return
    if node.is_comment_node:
        page.write(_marks(node.comment_content or ""))
        return
    name = (node.tag or "").lower()
    if name in SILENT or _is_hidden(node):
        page.write("".join(_marks_below(node)))
    elif name in INLINE:
        INLINE[name](node, page)
    elif name in BLOCKS:
        gap = 1 if name in APART and not page.bullets else 0
        page.end(gap)
        BLOCK.get(name, _inside)(node, page)
        page.end(gap)
    else:
        _inside(node, page)


def _marks(comment: str) -> str:
    """A steering tag must stand in the text part too, wherever the HTML hides it."""
    ours = MARK_COMMENT.match(comment)
    if ours:
        return f"{WORD_START}{ours[1]}{END}"
    return "".join(found[0] for found in WORD.finditer(comment))


def _marks_below(node: LexborNode) -> Iterator[str]:
    for child in _children(node):
        if child.is_comment_node:
            yield _marks(child.comment_content or "")
        else:
            yield from _marks_below(child)


def _is_hidden(node: LexborNode) -> bool:
    return "hidden" in node.attributes or HIDDEN.search(node.attributes.get("style") or "") is not None


def _break(_node: LexborNode, page: _Page) -> None:
    page.end()


def _rule(_node: LexborNode, page: _Page) -> None:
    page.end(1)
    page.write(RULE)
    page.end(1)


def _image(node: LexborNode, page: _Page) -> None:
    page.write(SPACES.sub(" ", node.attributes.get("alt") or ""))


def _link(node: LexborNode, page: _Page) -> None:
    """`Label: https://…` where the link stands alone, `label (https://…)` within a sentence."""
    label = _label(node)
    target = (node.attributes.get("href") or "").strip()
    if not is_safe_address(target):
        target = ""
    shown = _shown(target)
    if not target or target.startswith("#") or not label or _same(label, shown):
        page.write(label or ("" if target.startswith("#") else shown))
    elif _stands_alone(node):
        page.write(f"{label}: {shown}" if label[-1] not in ":?!" else f"{label} {shown}")
    else:
        page.write(f"{label} ({shown})")


def _shown(target: str) -> str:
    scheme, _, rest = target.partition(":")
    return rest.split("?")[0] if scheme in ("mailto", "tel") else target


def _label(node: LexborNode) -> str:
    inner = _Page()
    _inside(node, inner)
    inner.end()
    return " ".join(line.strip() for line in inner.lines if line)


def _same(label: str, target: str) -> bool:
    def bare(address: str) -> str:
        return re.sub(r"^https?://(www\.)?", "", address.strip().lower()).rstrip("/")

    return bare(label) == bare(target)


def _is_between_links(node: LexborNode) -> bool:
    """The dot in a row of links, which becomes a line each: an address before a bracket is easily clicked wrong."""
    if not node.is_text_node or (node.text_content or "").strip(" \t\r\n\f\xa0") not in BETWEEN_LINKS:
        return False
    return all(beside is not None and (beside.tag or "").lower() == "a" for beside in (node.prev, node.next))


def _stands_alone(node: LexborNode) -> bool:
    """Nothing else in its block says anything; <strong> and the like around it don't count."""
    holder = node
    while holder.parent is not None and (holder.parent.tag or "").lower() not in BLOCKS | {"body"}:
        holder = holder.parent
    for step in ("prev", "next"):
        beside = getattr(holder, step)
        while beside is not None and (beside.tag or "").lower() not in BLOCKS | {"br", "hr"}:
            if _is_between_links(beside):
                break
            if not beside.is_comment_node and (beside.text_content or "").strip(" \t\r\n\f\xa0"):
                return False
            beside = getattr(beside, step)
    return True


def _list(node: LexborNode, page: _Page) -> None:
    numbered = (node.tag or "").lower() == "ol"
    start = node.attributes.get("start") or "1"
    number = int(start) if start.isdecimal() and len(start) < 6 else 1
    outer = page.indent
    page.bullets += 1
    for child in _children(node):
        if (child.tag or "").lower() != "li":
            _node(child, page)
            continue
        page.end()
        page.bullet = f"{number}. " if numbered else "- "
        page.indent = outer + " " * len(page.bullet)
        _inside(child, page)
        page.end()
        page.gap = 0
        page.bullet, page.indent, number = "", outer, number + 1
    page.bullets -= 1


def _table(node: LexborNode, page: _Page) -> None:
    if _is_layout(node):
        _inside(node, page)
    else:
        _rows(node, page)


def _is_layout(table: LexborNode) -> bool:
    role = (table.attributes.get("role") or "").lower()
    if role in ("presentation", "none"):
        return True
    if table.css_first("th") is not None:
        return False
    return table.css_first("td :is(table, p, div, h1, h2, h3, ul, ol, img)") is not None


def _rows(node: LexborNode, page: _Page) -> None:
    """A table of facts: a row is a line."""
    for child in _children(node):
        name = (child.tag or "").lower()
        if name == "tr":
            page.end()
            page.write(_row(child))
            page.end()
        elif name in ("thead", "tbody", "tfoot"):
            _rows(child, page)
        else:
            _node(child, page)
            if name == "caption":
                page.end()


def _row(row: LexborNode) -> str:
    cells = [child for child in _children(row) if (child.tag or "").lower() in ("td", "th")]
    joint = ": " if len(cells) == 2 and (cells[0].tag or "").lower() == "th" else CELLS
    line = written = ""
    for child in _children(row):
        if child.is_comment_node:
            line += _marks(child.comment_content or "")
        elif child in cells and (label := _label(child)):
            line, written = line + (joint if written else "") + label, label
    return line


def _preformatted(node: LexborNode, page: _Page) -> None:
    for line in "".join(_raw(node)).strip("\n").split("\n"):
        page.now = line
        page.end(keep_spaces=True)


def _raw(node: LexborNode) -> Iterator[str]:
    """The text below a node with its own spaces and line breaks."""
    for child in _children(node):
        if child.is_text_node:
            yield UNSEEN.sub("", child.text_content or "")
        elif child.is_comment_node:
            yield _marks(child.comment_content or "")
        elif (child.tag or "").lower() == "br":
            yield "\n"
        else:
            yield from _raw(child)


def _quote(node: LexborNode, page: _Page) -> None:
    outer = page.indent
    page.indent = outer + "> "
    _inside(node, page)
    page.end()
    page.indent = outer


INLINE = {"br": _break, "hr": _rule, "img": _image, "a": _link}
BLOCK = {"ul": _list, "ol": _list, "table": _table, "pre": _preformatted, "blockquote": _quote}
