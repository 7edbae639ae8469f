"""From an account's source to the two parts of a mail. Knows no Django: values in, values out."""

import re
from dataclasses import dataclass, replace
from html import escape

from css_inline import CSSInliner
from mjml import mjml2html

from mailexpert.content import problems, rules_plain
from mailexpert.content.blocks.mjml import HEAD_LINES
from mailexpert.content.blocks.mjml import written as written_blocks
from mailexpert.content.blocks.read import document, removed_from
from mailexpert.content.problems import Problem, SourceError
from mailexpert.content.rules_clean import Clean, clean, text, written
from mailexpert.content.rules_markup import refuse_towers
from mailexpert.content.rules_mjml import tidy
from mailexpert.content.rules_shield import MAX_LIQUID, Shielded, lost, moved, shield, shield_html, unshield
from mailexpert.content.rules_text import text_of
from mailexpert.mail import personalise

KINDS = ("blocks", "mjml", "html", "text")
# Bytes. A mail is clipped at 102 kB, so more is a mistake or an attack on the parsers.
LARGEST_SOURCE = 500_000
MAX_LINES = 10_000
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ue000-\ue003\ufffe\uffff\ud800-\udfff]")
POSITION = re.compile(r" at position (\d+)(?::\d+)?")
IN_ROOT = re.compile(r" in root template")
# Mail programs show text after the first line beside the subject; this pushes it out of sight.
FILLER = "&#847;&zwnj;&nbsp;" * 40
HIDE = "display:none;font-size:1px;line-height:1px;max-height:0;opacity:0;overflow:hidden;mso-hide:all;"


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """Both parts, Liquid still in them. `removed` names what the source held and a mail may not."""

    html: str
    text: str
    removed: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What stands around the body: the tab's title, the language, the first line in the inbox."""

    title: str = ""
    language: str = "nl"
    preheader: str = ""


def compile_source(
    kind: str, source: str, *, title: str = "", language: str = "nl", preheader: str = ""
) -> Compiled:
    """The mail that this source makes. Raises SourceError with every problem found, each with its line."""
    if kind not in KINDS:
        raise ValueError(f"There is no kind of source called {kind!r}.")
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    _refuse_unreadable(source)
    _refuse_too_many(source)
    if kind == "blocks":
        return _of_blocks(source, Frame(title=title, language=language, preheader=preheader))
    liquid = [
        *liquid_problems(source),
        *_around(liquid_problems(title), problems.SUBJECT),
        *_around(liquid_problems(preheader), problems.PREHEADER),
    ]
    try:
        made = _made(kind, source, Frame(title=title, language=language, preheader=preheader))
    except SourceError as refused:
        raise SourceError(*liquid, *refused.problems) from refused
    if liquid:
        raise SourceError(*liquid)
    return Compiled(html=made.html, text=_sound(made.text), removed=_with_lines(made.removed, source))


def _of_blocks(source: str, frame: Frame) -> Compiled:
    """As MJML, where line n + 1 holds block n; a problem's line is then the block's number."""
    made_of = document(source)
    mjml = written_blocks(made_of, frame.language)
    wrong = [
        replace(problem, line=number)
        for number, line in enumerate(mjml.split("\n"), 1 - HEAD_LINES)
        if "{{" in line or "{%" in line
        for problem in liquid_problems(line)
    ]
    if wrong:
        raise SourceError(*wrong)
    try:
        made = compile_source(
            "mjml",
            mjml,
            title=frame.title,
            language=frame.language,
            preheader=frame.preheader,
        )
    except SourceError as refused:
        raise SourceError(*map(_at_block, refused.problems)) from refused
    removed = (*removed_from(made_of), *map(_at_block, made.removed))
    return Compiled(html=made.html, text=made.text, removed=removed)


def _at_block(problem: Problem) -> Problem:
    return replace(problem, line=max(0, problem.line - HEAD_LINES))


def as_written(kind: str, source: str, language: str = "nl") -> str:
    """The source in which elements, fields and links can be looked up. Raises SourceError."""
    return written_blocks(document(source), language) if kind == "blocks" else source


def liquid_problems(source: str) -> list[Problem]:
    """What makes a source's Liquid unreadable. A field that nobody has isn't: it renders, empty."""
    sentences = {"unknown_filter": problems.UNKNOWN_FILTER}
    return [
        Problem(
            line=found.line,
            sentence=sentences.get(found.code, problems.SYNTAX),
            values={"name": found.name} if found.code in sentences else {"detail": found.message},
        )
        for found in personalise.check(source)
        if found.is_error
    ]


def _around(found: list[Problem], sentence: str) -> list[Problem]:
    """Line 0: it isn't in the source."""
    return [
        Problem(line=0, sentence=sentence, values={"detail": problem.values.get("detail", problem.message)})
        for problem in found
    ]


def _sound(text: str) -> str:
    """A loop that the HTML opens inside something hidden would be half a loop in the text part."""
    wrong = personalise.check(text)
    if wrong:
        values = {"detail": wrong[0].message}
        raise SourceError(Problem(line=1, sentence=problems.TEXT_PART, values=values))
    return text


def _made(kind: str, source: str, frame: Frame) -> Compiled:
    if kind == "mjml":
        html, css = _mjml_to_html(source, frame)
        return _from_html(html, frame, _only(css) if css else None)
    if kind == "html":
        return _from_html(source, frame, INLINE_ALL)
    html = _from_html(_plain_to_html(source, frame), frame, None).html
    return Compiled(html=html, text=_plain(source))


def _refuse_unreadable(source: str) -> None:
    size = len(source.encode(errors="replace"))
    if size > LARGEST_SOURCE:
        values = {"size": size // 1000, "limit": LARGEST_SOURCE // 1000}
        raise SourceError(Problem(line=1, sentence=problems.TOO_LARGE, values=values))
    found = [
        Problem(
            line=source.count("\n", 0, bad.start()) + 1,
            sentence=problems.UNREADABLE,
            values={"code": f"U+{ord(bad[0]):04X}"},
        )
        for bad in UNREADABLE.finditer(source)
    ]
    if found:
        raise SourceError(*found[:20])


def _refuse_too_many(source: str) -> None:
    for count, limit, sentence in (
        (source.count("{{") + source.count("{%"), MAX_LIQUID, problems.TOO_MANY_TAGS),
        (source.count("\n"), MAX_LINES, problems.TOO_MANY_LINES),
    ):
        if count > limit:
            raise SourceError(Problem(line=1, sentence=sentence, values={"limit": limit}))


def _mjml_to_html(source: str, frame: Frame) -> tuple[str, str]:
    """The compiler's HTML, and the styles that are still to go inline."""
    shielded = shield(source, keep_lines=True)
    tidied = tidy(shielded.source)
    if tidied.problems:
        raise SourceError(*tidied.problems)
    try:
        html = mjml2html(_with_language(tidied.mjml, frame), fonts={})
    except ValueError as problem:
        raise SourceError(_compiler_problem(str(problem), tidied.mjml)) from problem
    return unshield(tidied.put_back(html), shielded.tags), tidied.css


def _with_language(mjml: str, frame: Frame) -> str:
    """The compiler writes the language on <html> and on the wrapper that web mail leaves standing."""
    head = re.search(r"<mjml\b([^>]*)>", mjml)
    if head is None or re.search(r"\blang\s*=", head[1]):
        return mjml
    return mjml.replace(head[0], f'<mjml lang="{escape(frame.language)}"{head[1]}>', 1)


def _compiler_problem(said: str, mjml: str) -> Problem:
    at = POSITION.search(said)
    line = mjml.count("\n", 0, int(at[1])) + 1 if at else 1
    detail = IN_ROOT.sub("", POSITION.sub("", said))
    return Problem(line=line, sentence=problems.MJML_REFUSED, values={"detail": detail})


def _plain(source: str) -> str:
    return source.strip("\n") + "\n" if source.strip() else ""


def _plain_to_html(source: str, frame: Frame) -> str:
    shielded = shield(source)
    return unshield(rules_plain.to_html(shielded, frame.language), shielded.tags)


def _from_html(source: str, frame: Frame, inliner: CSSInliner | None) -> Compiled:
    refuse_towers(source)
    shielded = shield_html(source)
    cleaned = clean(inliner.inline(shielded.source) if inliner is not None else shielded.source)
    html = _frame(cleaned, frame)
    _refuse_loss(html, shielded)
    readable = text_of(cleaned.tree, before=cleaned.head, after=cleaned.after)
    return Compiled(
        html=unshield(html, shielded.tags), text=unshield(readable, shielded.tags), removed=cleaned.removed
    )


def washed(source: str, language: str = "nl") -> str:
    """An HTML source that came from elsewhere, without what a mail may not hold. Raises SourceError."""
    refuse_towers(source)
    shielded = shield_html(source)
    html = _frame(clean(shielded.source), Frame(language=language))
    _refuse_loss(html, shielded)
    return unshield(html, shielded.tags)


# What can't be inlined (media queries, Outlook's dark mode) stays in its style element.
INLINE_ALL = CSSInliner(
    keep_style_tags=True,
    keep_link_tags=True,  # for the cleaner to name
    keep_at_rules=True,
    remove_inlined_selectors=True,
    load_remote_stylesheets=False,
)


def _only(css: str) -> CSSInliner:
    return CSSInliner(
        inline_style_tags=False, keep_style_tags=True, extra_css=css, load_remote_stylesheets=False
    )


def _refuse_loss(html: str, shielded: Shielded) -> None:
    found = [
        Problem(line=tag.line, sentence=problems.LOST_LIQUID, values={"tag": tag.text})
        for tag in lost(html, shielded.tags)
    ]
    out_of_order = moved(html, shielded.tags)
    if out_of_order is not None:
        values = {"tag": out_of_order.text}
        found.append(Problem(line=out_of_order.line, sentence=problems.MOVED_LIQUID, values=values))
    if found:
        raise SourceError(*found)


def _frame(cleaned: Clean, frame: Frame) -> str:
    html = {"lang": frame.language, **cleaned.html_attributes}
    if html["lang"] in ("", "und"):
        html["lang"] = frame.language
    title = _words(frame.title) or text(cleaned.title)
    body = cleaned.body
    if 'role="article"' not in body[:2000]:
        body = f'<div role="article" aria-roledescription="email" lang="{escape(html["lang"])}">{body}</div>'
    if frame.preheader:
        body = f'<div style="{HIDE}">{_words(frame.preheader)}{FILLER}</div>{body}'
    return (
        f"<!doctype html>\n<html{written(html)}>\n<head>\n{_charset(cleaned.head)}<title>{title}</title>\n"
        f"{cleaned.head}\n</head>\n<body{written(cleaned.body_attributes)}>\n{body}\n</body>\n</html>\n"
    )


def _words(value: str) -> str:
    """Escaped, but not inside Liquid: `{{ x | default: "a & b" }}` is code there."""
    shielded = shield(value)
    return unshield(text(shielded.source), shielded.tags)


def _charset(head: str) -> str:
    charset = "" if "charset" in head else '<meta charset="utf-8">\n'
    viewport = '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    return charset + ("" if "viewport" in head else viewport)


def _with_lines(removed: tuple[Problem, ...], source: str) -> tuple[Problem, ...]:
    """The first line where what was left out could stand; the parser keeps none."""
    placed = []
    for problem in removed:
        name = str(problem.values.get("name", "")).split(" ")[0]
        before = "<" if problem.sentence == problems.REMOVED_ELEMENT else r"\b"
        found = re.search(rf"{before}{re.escape(name)}\b", source, re.IGNORECASE) if name else None
        line = source.count("\n", 0, found.start()) + 1 if found else 1
        placed.append(Problem(line=line, sentence=problem.sentence, values=problem.values))
    return tuple(sorted(placed, key=lambda problem: problem.line))
