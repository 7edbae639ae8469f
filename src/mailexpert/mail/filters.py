"""The filters that accounts' templates may use, and our own `date`."""

import datetime as dt
import re

from dateutil import parser  # type: ignore[import-untyped]
from liquid.filter import liquid_filter, with_environment
from liquid.undefined import is_undefined
from markupsafe import Markup

# What a mail needs. Not in it: replace and remove, whose chains make 100 MB from one line; `join` and `split`
# follow them, because a text cut to letters and joined by a text does the same.
TEXT_FILTERS = {
    "append",
    "capitalize",
    "downcase",
    "lstrip",
    "prepend",
    "rstrip",
    "slice",
    "strip",
    "truncate",
}
TEXT_FILTERS |= {"truncatewords", "upcase", "strip_newlines"}
NUMBER_FILTERS = {"abs", "ceil", "divided_by", "floor", "minus", "modulo", "plus", "round", "times"}
HTML_FILTERS = {"escape", "escape_once", "newline_to_br", "strip_html", "url_encode"}
ALLOWED = frozenset(
    TEXT_FILTERS | NUMBER_FILTERS | HTML_FILTERS | {"date", "default", "first", "last", "size"}
)

ISO_DATE = re.compile(r"[12]\d{3}-\d\d-\d\d").fullmatch
LONGEST_DATE = 40  # characters; dateutil takes its time over long ones
LONGEST_MOMENT = 10  # digits of a Unix time


@with_environment
@liquid_filter
def date(value: object, pattern: object = None, *, environment: object) -> object:
    """`date` as Liquid has it, except that ISO dates are read directly (dateutil takes 60 µs for each), and that
    what is no date stays as it is: one person's odd value must not stop everybody's mail."""
    if value is None or is_undefined(value):
        return ""
    moment = _moment(value)
    if moment is None or pattern is None or is_undefined(pattern):
        return str(value)
    try:
        shown = moment.strftime(str(pattern))
    except (ValueError, OverflowError):  # also a pattern that can't be encoded
        return str(value)
    is_safe = getattr(environment, "autoescape", False) and isinstance(pattern, Markup)
    return Markup(shown) if is_safe else shown  # noqa: S704 (the template's own text)


def _moment(value: object) -> dt.date | None:
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        return _read(value.strip())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _at(value)
    return None


def _read(text: str) -> dt.date | None:
    if ISO_DATE(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            return None
    if text in ("now", "today"):
        return dt.datetime.now()  # noqa: DTZ005 (Liquid's own: the machine's clock)
    if text.isdecimal():
        return _at(int(text)) if len(text) <= LONGEST_MOMENT else None
    if not text or len(text) > LONGEST_DATE:
        return None
    try:
        moment: dt.datetime = parser.parse(text, ignoretz=True)
    except (ValueError, ArithmeticError, TypeError):
        return None
    return moment


def _at(seconds: float) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(seconds)  # noqa: DTZ006 (Liquid's own: the machine's zone)
    except (ValueError, OverflowError, OSError):
        return None
