"""The parts of the face in templates: {% load face %}."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.forms.boundfield import BoundWidget
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from mailexpert.web import charts, notation
from mailexpert.web.usage import Used

register = template.Library()

STATES = {
    "kept": ("is-kept", "ok"),
    "waiting": ("is-waiting", "wait"),
    "broken": ("is-broken", "fail"),
    "doubt": ("is-doubt", "doubt"),
    "need": ("is-need", "need"),
    "live": ("is-live", "live"),
    "draft": ("", "draft"),
    "skipped": ("is-skipped", "skip"),
    "todo": ("", "todo"),
}


def sprite(symbol: str) -> str:
    return f"{staticfiles_storage.url('web/icons.svg')}#{symbol}"


@register.simple_tag(takes_context=True)
def tab_title(context: template.Context) -> str:
    """The page's own title block once more, for the browser's tab."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block("title") if blocks else None
    title = " ".join(strip_tags(block.render(context)).split()) if block else ""
    return mark_safe(f"{title} · MailExpert" if title else "MailExpert")  # noqa: S308 (rendered, so escaped)


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, css: str = "") -> SafeString:
    """A Tabler outline icon of the sprite: {% icon "mail" %}."""
    classes = f"me-i {css}".strip()
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, sprite(f"i-{name}")
    )


@register.simple_tag
@lru_cache(maxsize=512)
def mark(state: str = "kept") -> SafeString:
    """Our mark, which is the promise mark too: kept, broken, checking."""
    symbol = "mark" if state == "kept" else f"mark-{state}"
    return format_html('<svg class="me-mark" aria-hidden="true"><use href="{}"/></svg>', sprite(symbol))


@register.simple_tag
@lru_cache(maxsize=512)
def shape(name: str) -> SafeString:
    """The shape of a state: ok, wait, fail, doubt, need, live, draft, skip, todo. With a word beside it."""
    return format_html(
        '<svg viewBox="0 0 16 16" aria-hidden="true"><use href="{}"/></svg>', sprite(f"s-{name}")
    )


@register.simple_tag
@lru_cache(maxsize=512)
def sprite_use(symbol: str) -> SafeString:
    return format_html('<use href="{}"/>', sprite(symbol))


@register.inclusion_tag("web/parts/state.html")
def state(kind: str, word: str) -> dict[str, Any]:
    """{% state "kept" _("Sent") %}: a shape, a word, then a colour."""
    tone, name = STATES[kind]
    return {"tone": tone, "shape_name": name, "word": word}


@register.simple_tag
def widget(field: BoundField, css: str = "") -> SafeString:
    """A form field's control in our dress. Django itself ties hint, error and aria-invalid to it."""
    kind = field.field.widget
    if isinstance(kind, (RadioSelect, CheckboxSelectMultiple, CheckboxInput)):
        dress = "form-check-input"
    elif isinstance(kind, Select):
        dress = "form-select"
    else:
        dress = "form-control"
    classes = [dress, css, str(kind.attrs.get("class", "")), "has-need" if field.errors else ""]
    return field.as_widget(attrs={"class": " ".join(filter(None, classes))})


@register.simple_tag
def choice_widget(choice: BoundWidget) -> SafeString:
    """One radio button or check box of a question."""
    data = choice.data
    data["attrs"] = {**data["attrs"], "class": "form-check-input"}
    return choice.tag(wrap_label=False)


@register.filter
def is_choice(field: BoundField) -> bool:
    """Radio buttons and check boxes of one question: a fieldset with a legend, not a label."""
    return isinstance(field.field.widget, (RadioSelect, CheckboxSelectMultiple))


@register.filter
def is_check(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.inclusion_tag("web/parts/bar.html")
def bar(counts: Any, css: str = "") -> dict[str, Any]:
    return {"parts": charts.parts(counts), "css": css}


@register.inclusion_tag("web/parts/sum.html", name="sum")
def sum_tag(counts: Any, css: str = "", todo: bool | None = None) -> dict[str, Any]:
    """planned = sent + skipped + failed + deferred + in doubt (+ waiting, while there is some)."""
    terms = charts.parts(counts)
    if todo is None:
        todo = terms[-1].count > 0
    planned = charts.count_of(counts, "planned") or sum(term.count for term in terms)
    return {"planned": planned, "parts": terms if todo else terms[:-1], "css": css}


@register.inclusion_tag("web/parts/progress.html")
def progress(done: int, whole: int, label: str, left: str = "") -> dict[str, Any]:
    """A number of a number: {% progress done=2916 whole=4103 label=_("imported") left=… %}."""
    return {
        "done": done,
        "whole": whole,
        "label": label,
        "left": left,
        "width": charts.percentage(done, whole),
    }


@register.inclusion_tag("web/parts/meter.html")
def meter(one: Used) -> dict[str, Any]:
    """Usage against a limit; without a limit only the number."""
    return {"one": one}


@register.simple_tag
def meter_bar(used: float, limit: float) -> SafeString:
    width = charts.percentage(used, limit)
    return format_html('<span class="me-meter-bar"><svg width="{}" aria-hidden="true"></svg></span>', width)


@register.simple_tag
def used_of(one: Used) -> SafeString:
    """4.812 van 5.000, or 212 MB van 1,0 GB."""
    write = notation.size if one.unit == "bytes" else notation.number
    figure = format_html('<span class="me-num">{}</span>', write(one.used))
    if one.limit is not None:
        limit = format_html('<span class="me-num">{}</span>', write(one.limit))
        return format_html(_("{used} of {limit}"), used=figure, limit=limit)
    return figure


@register.simple_tag
def share_bar(part: float, whole: float) -> SafeString:
    """The small bar in a table cell."""
    width = charts.percentage(part, whole)
    return format_html('<span class="me-share"><svg width="{}" aria-hidden="true"></svg></span>', width)


@register.simple_tag
def sparkline(values: list[float]) -> SafeString:
    return format_html(
        '<svg class="me-spark" viewBox="0 0 96 24" aria-hidden="true"><polyline points="{}"/></svg>',
        charts.spark(values),
    )


@register.inclusion_tag("web/parts/line_chart.html")
def line_chart(line: charts.Line | dict[str, Any]) -> dict[str, Any]:
    """A web.charts.Line, or its members from a room below, drawn here, with its table one click away."""
    line = line if isinstance(line, charts.Line) else charts.Line(**line)
    return {"line": line, "drawing": charts.draw(line), "rows": _rows_of(line.rows)}


@register.inclusion_tag("web/parts/lines_chart.html")
def lines_chart(lines: charts.Lines | dict[str, Any]) -> dict[str, Any]:
    """Several lines on one axis: a web.charts.Lines, or its members."""
    lines = lines if isinstance(lines, charts.Lines) else charts.Lines(**lines)
    return {"lines": lines, "drawing": charts.draw_lines(lines)}


def _rows_of(rows: Iterable[tuple[str, float | None]]) -> SafeString:
    """A row of a table each: as one piece, since a template takes ten times as long for a hundred of them."""
    return mark_safe(  # noqa: S308 (escaped here)
        "".join(
            f'<tr><th scope="row">{escape(label)}</th><td class="n">{notation.number(value)}</td></tr>'
            for label, value in rows
            if value is not None
        )
    )


@register.filter
def number(value: notation.Number | None, digits: int = 0) -> str:
    return "" if value is None else notation.number(value, digits)


@register.filter
def percent_of(part: notation.Number, whole: notation.Number) -> str:
    return notation.percent(part, whole)


@register.filter
def share_of(part: notation.Number, whole: notation.Number) -> str:
    """{{ clicks|share_of:sent }} → 3,1 % van 9.812; nothing where there is no base."""
    return notation.share(part, whole) if whole else ""


@register.filter
def small_share_of(part: notation.Number, whole: notation.Number) -> str:
    """{{ complaints|small_share_of:sent }} → 0,12 % van 9.812, where a tenth of a percent decides."""
    return notation.share(part, whole, digits=2) if whole else ""


@register.filter
def moment(value: datetime | None) -> str:
    return notation.moment(value) if value else ""


@register.filter
def moment_long(value: datetime | None) -> str:
    return notation.moment_long(value) if value else ""


@register.filter
def near(value: datetime | None) -> str:
    return notation.near(value) if value else ""


@register.filter
def ago(value: datetime | None) -> str:
    return notation.ago(value) if value else ""


@register.filter
def clock(value: datetime | None) -> str:
    return notation.clock(value) if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    return notation.day(value) if value else ""


@register.filter
def day_short(value: date | datetime | None) -> str:
    return notation.day_short(value) if value else ""


@register.filter
def span(seconds: float | None) -> str:
    return "" if seconds is None else notation.span(seconds)


@register.filter
def octets(value: int | None) -> str:
    return "" if value is None else notation.size(value)
