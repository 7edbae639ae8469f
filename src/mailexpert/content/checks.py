"""The check before sending, as far as it concerns what was written; said in the reader's language."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.http import urlencode

from mailexpert.content import actions_images, findings, links, queries, queries_images, rules_checks, spam
from mailexpert.content.findings import Finding, Written, warn
from mailexpert.content.problems import Problem, SourceError, gettext_noop
from mailexpert.content.queries_readers import reader_values
from mailexpert.content.rules import Compiled, as_written, compile_source
from mailexpert.content.rules_motion import MOST_FLASHES
from mailexpert.content.values import Draft
from mailexpert.content.words import say, told
from mailexpert.mail.footer import with_footer
from mailexpert.mail.personalise import ADDRESSES, RenderProblem, render_html, render_text

OF_THE_LIBRARY = re.compile(r"/beeld/([-\w]{20,32})\.gif")
OWN_PICTURE = re.compile(r"([-\w]{20,32})\.(?:jpg|png|gif)")
UNDESCRIBED = gettext_noop(
    "The photo %(name)s isn’t described yet. Say what is to be seen, or that it is only decoration."
)
UNRENDERED = gettext_noop("The code between { and } comes to no end, or to too much: %(detail)s.")
MOVES = gettext_noop(
    "“%(name)s” moves for more than five seconds. Who reads with difficulty can’t look away from it."
)
FLASHES = gettext_noop(
    "“%(name)s” flashes %(count)s times in a second. More than three can bring on a seizure."
)
NO_FOOTER = gettext_noop(
    "The unsubscribe link can’t be put where everybody sees it: the page hides whatever stands in it."
)


@dataclass(frozen=True, kw_only=True)
class Check:
    """`level`: block, warn or ok. `title` and `detail`: the text in two. `where`: subject, preheader, source,
    source:<line> or block:<number>."""

    code: str
    level: str
    text: str
    title: str
    detail: str
    where: str


def check_draft(draft: Draft) -> list[Check]:
    """Everything to say about a mail before it leaves, what blocks it first."""
    try:
        compiled = compiled_of(draft)
        _tried(draft, compiled)
    except SourceError as wrong:
        found = findings.refused(draft, wrong.problems)
    else:
        own = rules_checks.examine(draft, compiled, queries.field_names())
        found = [*_asked(spam.examine(draft, compiled, own)), *_around(draft, compiled)]
    order = ("block", "warn", "ok")
    found.sort(key=lambda finding: order.index(finding.level))
    return [_check(finding) for finding in found]


def _check(found: Finding) -> Check:
    title, detail = told(found.sentence, found.values)
    text = say(found.sentence, found.values)
    return Check(code=found.code, level=found.level, text=text, title=title, detail=detail, where=found.where)


def _tried(draft: Draft, compiled: Compiled) -> None:
    """Rendered once for somebody of whom nothing is known: code that runs without end stops here, and not on its way to
    everybody. Raises SourceError."""
    if not any("{%" in part for part in (draft.subject, compiled.html, compiled.text)):
        return
    try:
        values = reader_values(None, draft.subject, compiled.html, compiled.text)
        addresses = dict.fromkeys(ADDRESSES, "#")
        render_html(compiled.html, values, **addresses)
        for part in (compiled.text, draft.subject):
            render_text(part, values, **addresses)
    except RenderProblem as problem:
        raise SourceError(Problem(line=0, sentence=UNRENDERED, values={"detail": str(problem)})) from problem


def _moving(html: str, written: Written) -> Iterator[Finding]:
    """Pictures of the library alone: of others nobody has the file."""
    for image in queries_images.moving(set(OF_THE_LIBRARY.findall(html))):
        place = written.place(image.token)
        if image.flashes > MOST_FLASHES:
            yield warn("image_flashes", FLASHES, place, name=image.name, count=image.flashes)
        if image.moves_too_long:
            yield warn("image_moves", MOVES, place, name=image.name)


def asking_page(on_to: str) -> str:
    """The page where photos are described, and that goes on to another one then."""
    return f"{reverse('content:describe_images')}?{urlencode({'verder': on_to})}"


def _asked(found: Iterable[Finding]) -> list[Finding]:
    """A picture of the library is used once somebody said what it shows: in the mail, or in the library."""
    found = list(found)
    tokens = {id(one): hit[1] for one in found if (hit := _own_picture(one))}
    names = dict(queries_images.undescribed().filter(token__in=tokens.values()).values_list("token", "name"))
    return [
        replace(
            one,
            code="image_undescribed",
            level="block",
            sentence=UNDESCRIBED,
            values={"name": names[tokens[id(one)]]},
        )
        if tokens.get(id(one)) in names
        else one
        for one in found
    ]


def _own_picture(finding: Finding) -> re.Match[str] | None:
    return OWN_PICTURE.fullmatch(str(finding.values.get("name"))) if finding.code == "image_alt" else None


def compiled_of(draft: Draft) -> Compiled:
    return compile_source(
        draft.kind, draft.source, title=draft.subject, language=draft.language, preheader=draft.preheader
    )


def look_at_links(draft: Draft, *, again: bool = False) -> None:
    """Ask the pages that a mail links to, so that the check knows. Takes seconds."""
    try:
        html = compiled_of(draft).html
    except SourceError:
        return
    links.look(list(links.targets(html)), again=again)


def moved_links(draft: Draft) -> dict[str, str]:
    """For each link that leads on: the address where its page is now."""
    try:
        return links.moved(compiled_of(draft).html)
    except SourceError:
        return {}


def let_pictures_stop(draft: Draft) -> int:
    """Puts an animation that comes to rest in the place of each that moves for too long, here and wherever else that
    may still change; how many. Raises as actions_images.let_stop."""
    try:
        tokens = set(OF_THE_LIBRARY.findall(compiled_of(draft).html))
    except SourceError:
        return 0
    found = [image for image in queries_images.moving(tokens) if image.moves_too_long]
    for image in found:
        actions_images.let_stop(image)
    return len(found)


def _around(draft: Draft, compiled: Compiled) -> list[Finding]:
    """The way out, which no page may hide, and the pages behind the links."""
    text = as_written(draft.kind, draft.source, draft.language)
    written = Written(text=text, is_blocks=draft.kind == "blocks")
    found = [*links.examine(compiled.html, written), *_moving(compiled.html, written)]
    try:
        with_footer(compiled.html, compiled.text, draft.language, "")
    except RenderProblem:
        found.append(Finding(code="unsubscribe_hidden", level="block", sentence=NO_FOOTER))
    return found
