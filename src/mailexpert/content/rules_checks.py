"""What is checked in a mail before it may leave: pure findings, worst first. `block` stops, `warn` asks."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import SplitResult, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailexpert.content import rules_access, rules_colours, rules_reading, rules_shapes, rules_support
from mailexpert.content.blocks.read import document, numbered
from mailexpert.content.findings import Finding, Level, Written, warn, where
from mailexpert.content.problems import Problem, gettext_noop
from mailexpert.content.rules import Compiled, as_written
from mailexpert.content.rules_segments import number_of
from mailexpert.content.values import Draft
from mailexpert.mail import personalise

# Gmail cuts a mail off at about 102 kB, and its unsubscribe link with it.
SIZE_WARN, SIZE_BLOCK = 90_000, 100_000
# A phone in portrait shows some forty characters of a subject, and some ninety of the line below it.
SHOWN_SUBJECT, LONG_SUBJECT = 40, 45
SHOWN_PREHEADER, LONG_PREHEADER = 90, 100
HERE = ("localhost", "127.0.0.1", "0.0.0.0", "[::1]", "::1")  # noqa: S104 (names to refuse, not to listen on)
# Domains kept for examples: whoever links there forgot to fill in an address of their own.
EXAMPLES = re.compile(r"(^|\.)(example\.(com|org|net)|voorbeeld\.nl|[a-z0-9-]+\.example)$")
SAYS_NOTHING = frozenset(
    ("klik hier", "hier", "klik", "lees meer", "meer", "meer info", "link", "deze link", "click here", "here")
).union(("click", "read more", "more", "more info", "this link"))
LIQUID_VALUE = re.compile(r"^\s*\{[{%]")

SUBJECT_MISSING = gettext_noop("The mailing has no subject.")
SUBJECT_LONG = gettext_noop(
    "On a phone your subject is cut off after about 40 characters: “%(lost)s” can’t be read there."
)
SUBJECT_FINE = gettext_noop("The subject fits on a phone: %(length)s characters.")
PREHEADER_MISSING = gettext_noop(
    "There is no first line for the inbox: mail programs take the first words of the mail."
)
PREHEADER_LONG = gettext_noop(
    "On a phone the first line is cut off after about 90 characters: “%(lost)s” can’t be read there."
)
PREHEADER_SAME = gettext_noop("The first line says the same as the subject: in the inbox it is read twice.")
EMPTY = gettext_noop("The mail is empty.")
UNKNOWN_SEGMENT = gettext_noop("The segment that sees this is no longer there, so nobody would.")
UNKNOWN_FIELD = gettext_noop("There is no field “%(name)s”, so it would stay empty for everyone.")
NO_FALLBACK = gettext_noop("Who has no “%(name)s” reads a gap. Give it a fallback with | default.")
FIELDS_FINE = gettext_noop("Every field exists.")
ALT_MISSING = gettext_noop("The picture %(name)s has no description. Who can’t see pictures misses it.")
DATA_IMAGE = gettext_noop("A picture stands in the mail itself; Gmail and Outlook don’t show those.")
IMAGES_FINE = gettext_noop("Every picture has a description.")
LINK_EMPTY = gettext_noop("The link “%(label)s” leads nowhere.")
LINK_RELATIVE = gettext_noop("The link “%(label)s” has no full address: %(target)s.")
LINK_HERE = gettext_noop("The link “%(label)s” leads to your own computer: %(target)s.")
LINK_EXAMPLE = gettext_noop("The link “%(label)s” still leads to an example: %(target)s.")
LINK_PLAIN = gettext_noop(
    "The link “%(label)s” leads to http://: without a lock, and some mail programs warn for it."
)
LINK_TEXT = gettext_noop(
    "The link text “%(label)s” doesn’t say where it leads. A screen reader reads links one by one."
)
LINKS_FINE = gettext_noop("Every link has an address and says where it leads.")
SIZE_TOO_LARGE = gettext_noop(
    "The mail is %(size)s kB. Gmail cuts it off at 102 kB, unsubscribe link and all."
)
SIZE_LARGE = gettext_noop("The mail is %(size)s kB, close to the 102 kB at which Gmail cuts it off.")
SIZE_FINE = gettext_noop("The size is %(size)s kB, under the 102 kB at which mailboxes cut off.")
UNSUBSCRIBE_OWN = gettext_noop("The unsubscribe link stands in the mail and in its header.")
UNSUBSCRIBE_ADDED = gettext_noop("We put the unsubscribe link below the mail and in its header.")


def examine(draft: Draft, compiled: Compiled, fields: Collection[str]) -> list[Finding]:
    """Everything there is to say about a mail that can be made. `fields`: what may stand after `contact.`"""
    tree = LexborHTMLParser(compiled.html)
    written = Written(
        text=as_written(draft.kind, draft.source, draft.language), is_blocks=draft.kind == "blocks"
    )
    found = [
        *_subject(draft),
        *_preheader(draft),
        *_content(compiled),
        *_fields(draft, written, fields),
        *_images(tree, written),
        *_links(tree, written),
        *_size(compiled.html),
        *_removed(draft, compiled.removed),
        *rules_access.examine(tree, draft, written),
        *rules_shapes.examine(tree, written),
        *rules_colours.examine(tree, written),
        *rules_reading.examine(tree, draft, compiled),
        *rules_support.examine(compiled.html, tree),
        *_undescribed(draft),
        _unsubscribe(compiled.html),
    ]
    order = ("block", "warn", "ok")
    return sorted(found, key=lambda finding: order.index(finding.level))


def _subject(draft: Draft) -> Iterator[Finding]:
    if not draft.subject.strip():
        yield Finding(code="subject_missing", level="block", sentence=SUBJECT_MISSING, where="subject")
        return
    subject = _as_read(draft.subject)
    if len(subject) > LONG_SUBJECT:
        yield warn("subject_long", SUBJECT_LONG, "subject", lost=_after(subject, SHOWN_SUBJECT))
    else:
        values = {"length": len(subject)}
        yield Finding(code="subject", level="ok", sentence=SUBJECT_FINE, values=values, where="subject")


def _preheader(draft: Draft) -> Iterator[Finding]:
    line = _as_read(draft.preheader)
    if not draft.preheader.strip():
        yield warn("preheader_missing", PREHEADER_MISSING, "preheader")
    elif line.casefold() == _as_read(draft.subject).casefold():
        yield warn("preheader_same", PREHEADER_SAME, "preheader")
    elif len(line) > LONG_PREHEADER:
        yield warn("preheader_long", PREHEADER_LONG, "preheader", lost=_after(line, SHOWN_PREHEADER))


def _as_read(line: str) -> str:
    """By somebody of whom nothing is known: code is no words."""
    try:
        return " ".join(personalise.render_text(line, {}).split())
    except personalise.RenderProblem:
        return line.strip()


def _after(line: str, shown: int) -> str:
    """The words from the first one that isn't shown whole."""
    return line[line.rfind(" ", 0, shown + 1) + 1 :][:80]


def _content(compiled: Compiled) -> Iterator[Finding]:
    if not compiled.text.strip():
        yield Finding(code="empty", level="block", sentence=EMPTY)


def _fields(draft: Draft, written: Written, fields: Collection[str]) -> Iterator[Finding]:
    unknown = False
    for source, part in (
        (draft.subject, "subject"),
        (draft.preheader, "preheader"),
        (written.text, "source"),
    ):
        for problem in personalise.check(source, fields):
            if problem.code == "unknown_field":
                unknown = True
                place = written.at(problem.line) if part == "source" else part
                asks = number_of(problem.name.removeprefix("contact."))
                sentence = UNKNOWN_FIELD if asks is None else UNKNOWN_SEGMENT
                yield _field("field_unknown", "block", sentence, problem, place)
        for problem in personalise.without_fallback(source):
            place = written.at(problem.line) if part == "source" else part
            yield _field("field_fallback", "warn", NO_FALLBACK, problem, place)
    if not unknown:
        yield Finding(code="fields", level="ok", sentence=FIELDS_FINE)


def _field(code: str, level: Level, sentence: str, problem: personalise.Problem, place: str) -> Finding:
    return Finding(
        code=code,
        level=level,
        sentence=sentence,
        values={"name": problem.name.removeprefix("contact.")},
        where=place,
    )


def _images(tree: LexborHTMLParser, written: Written) -> Iterator[Finding]:
    images = tree.css("img")
    bad = False
    for image in images:
        address = image.attributes.get("src") or ""
        if image.attributes.get("alt") is None:
            bad = True
            values = {"name": address.rsplit("/", 1)[-1][:60] or "?"}
            yield Finding(
                code="image_alt",
                level="warn",
                sentence=ALT_MISSING,
                values=values,
                where=written.place(address),
            )
        if address.startswith("data:"):
            yield Finding(code="image_data", level="warn", sentence=DATA_IMAGE)
    if images and not bad:
        yield Finding(code="images", level="ok", sentence=IMAGES_FINE)


def _links(tree: LexborHTMLParser, written: Written) -> Iterator[Finding]:
    anchors = tree.css("a")
    bad = False
    for anchor in anchors:
        for finding in _link(anchor, written):
            bad = True
            yield finding
    if anchors and not bad:
        yield Finding(code="links", level="ok", sentence=LINKS_FINE)


def _link(anchor: LexborNode, written: Written) -> Iterator[Finding]:
    target = (anchor.attributes.get("href") or "").strip()
    label = _label(anchor)
    values = {"label": label or target or "?", "target": target}
    where = written.place(target, label)
    code, level, sentence = _judge_target(
        target, is_named="name" in anchor.attributes or "id" in anchor.attributes
    )
    if sentence:
        yield Finding(code=code, level=level, sentence=sentence, values=values, where=where)
    said = label.strip(" .…!?>»→").lower()
    if said in SAYS_NOTHING or (re.match(r"https?://", said) and len(said) > 40):
        yield Finding(code="link_text", level="warn", sentence=LINK_TEXT, values=values, where=where)


def _label(anchor: LexborNode) -> str:
    words = " ".join((anchor.text(deep=True) or "").split())
    pictures = " ".join(image.attributes.get("alt") or "" for image in anchor.css("img")).strip()
    return words or pictures or (anchor.attributes.get("aria-label") or "")


def _judge_target(target: str, *, is_named: bool) -> tuple[str, Level, str]:
    if LIQUID_VALUE.match(target) or (is_named and not target):
        return "", "ok", ""
    if target in ("", "#"):
        return "link_empty", "block", LINK_EMPTY
    parts = _split(target)
    if parts is None or (not parts.scheme and not target.startswith("#")):
        return "link_relative", "block", LINK_RELATIVE
    host = (parts.hostname or "").lower()
    if host in HERE or host.endswith(".localhost"):
        return "link_here", "block", LINK_HERE
    if is_example(target):
        return "link_example", "warn", LINK_EXAMPLE
    if parts.scheme == "http":
        return "link_plain", "warn", LINK_PLAIN
    return "", "ok", ""


def is_example(target: str) -> bool:
    """Whether an address stands under a domain that is kept for examples."""
    parts = _split(target)
    return parts is not None and EXAMPLES.search((parts.hostname or "").lower()) is not None


def _split(target: str) -> SplitResult | None:
    try:
        parts = urlsplit(target)
        _ = parts.hostname
    except ValueError:
        return None
    return parts


def _size(html: str) -> Iterator[Finding]:
    size = len(html.encode())
    values = {"size": round(size / 1000)}
    if size > SIZE_BLOCK:
        yield Finding(code="size", level="block", sentence=SIZE_TOO_LARGE, values=values)
    elif size > SIZE_WARN:
        yield Finding(code="size", level="warn", sentence=SIZE_LARGE, values=values)
    else:
        yield Finding(code="size", level="ok", sentence=SIZE_FINE, values=values)


def _removed(draft: Draft, removed: Collection[Problem]) -> Iterator[Finding]:
    for problem in removed:
        yield Finding(
            code="removed",
            level="warn",
            sentence=problem.sentence,
            values=problem.values,
            where=where(draft, problem.line),
        )


def _undescribed(draft: Draft) -> Iterator[Finding]:
    """In blocks one says what is to be seen, or that it is decoration; else nobody has thought of it."""
    if draft.kind != "blocks":
        return
    for number, one in numbered(document(draft.source)):
        described = getattr(one, "decorative", True) or getattr(one, "alt", "").strip()
        if getattr(one, "src", "").strip() and not described:
            name = one.src.rsplit("/", 1)[-1][:60]  # type: ignore[attr-defined]
            yield Finding(
                code="image_alt",
                level="warn",
                sentence=ALT_MISSING,
                values={"name": name},
                where=f"block:{number}",
            )


def _unsubscribe(html: str) -> Finding:
    own = "unsubscribe_url" in html
    return Finding(code="unsubscribe", level="ok", sentence=UNSUBSCRIBE_OWN if own else UNSUBSCRIBE_ADDED)
