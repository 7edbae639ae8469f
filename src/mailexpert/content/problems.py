"""What can be wrong with a source: English sentences with values; content.words says them in Dutch."""

from collections.abc import Mapping
from dataclasses import dataclass, field


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for translation. Django's own does the same, but this room's rules know no Django."""
    return sentence


@dataclass(frozen=True, kw_only=True)
class Problem:
    line: int
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return self.sentence % self.values if self.values else self.sentence


class SourceError(Exception):
    """The source can't be made into a mail; every problem that was found is in `problems`, by line."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("; ".join(f"line {p.line}: {p.message}" for p in self.problems) or "empty")

    @property
    def line(self) -> int:
        return self.problems[0].line

    @property
    def message(self) -> str:
        return self.problems[0].message


TOO_LARGE = gettext_noop("The source is %(size)s kB; at most %(limit)s kB is taken.")
UNREADABLE = gettext_noop("There is a character here that no mail may hold (code %(code)s).")
SYNTAX = gettext_noop("The code between { and } isn’t right: %(detail)s.")
SUBJECT = gettext_noop("The code in the subject isn’t right: %(detail)s.")
PREHEADER = gettext_noop("The code in the first line isn’t right: %(detail)s.")
UNKNOWN_FILTER = gettext_noop("There is no filter “%(name)s”.")
MOVED_LIQUID = gettext_noop(
    "“%(tag)s” surrounds something that can’t stand there, such as a paragraph between the rows of a table."
)
TEXT_PART = gettext_noop(
    "A Liquid tag begins in a part of the mail that the text part leaves out and ends in another: %(detail)s."
)
LOST_LIQUID = gettext_noop(
    "“%(tag)s” stands where it would be lost: put it in the text or inside the quotes of an attribute."
)
EMPTY = gettext_noop("There is nothing here yet.")
TOO_DEEP = gettext_noop("The elements are nested more than %(limit)s deep.")
TOO_MANY = gettext_noop("There are more than %(limit)s elements; no mail program shows that.")
TOO_MANY_TAGS = gettext_noop("There are more than %(limit)s pieces of code between { and }.")
TOO_MANY_LINES = gettext_noop("There are more than %(limit)s lines.")
NOT_MJML = gettext_noop("The source must begin with <mjml> and end with </mjml>.")
NO_BODY = gettext_noop("The <mj-body> is missing: nothing would be shown.")
NOT_CLOSED = gettext_noop("<%(name)s> is opened here and never closed.")
NOT_OPENED = gettext_noop("</%(name)s> closes something that isn’t open.")
CROSSED = gettext_noop("</%(name)s> stands here, but <%(open)s> of line %(open_line)s must be closed first.")
UNKNOWN_ELEMENT = gettext_noop("There is no <%(name)s>.")
UNKNOWN_ELEMENT_NEAR = gettext_noop("There is no <%(name)s>. Do you mean <%(near)s>?")
UNSUPPORTED_ELEMENT = gettext_noop("<%(name)s> doesn’t work in most mail programs, so it isn’t taken.")
WRONG_PLACE = gettext_noop("<%(name)s> can’t stand in <%(parent)s>; it belongs in <%(wanted)s>.")
LOOSE_TEXT = gettext_noop("Text can’t stand directly in <%(parent)s>; put it in <mj-text>.")
LOOSE_BRACKET = gettext_noop("Write &lt; for a loose <.")
ATTRIBUTE_QUOTES = gettext_noop("The value of “%(name)s” needs quotes around it.")
INCLUDE = gettext_noop("<mj-include> reads files and isn’t taken; put the text itself here.")
FOREIGN_ICON = gettext_noop(
    "Give this <mj-social-element> an src: its icon would come from a stranger’s server."
)
MJML_REFUSED = gettext_noop("MJML can’t be made into a mail: %(detail)s.")

REMOVED_ELEMENT = gettext_noop("<%(name)s> was left out: mail programs refuse it.")
REMOVED_HANDLER = gettext_noop("“%(name)s” was left out: scripts don’t run in mails.")
REMOVED_ADDRESS = gettext_noop("The address in “%(name)s” was left out: it isn’t a web or mail address.")
REMOVED_STYLE = gettext_noop("A style was left out: it loads something from outside or runs a script.")
REMOVED_COMMENT = gettext_noop(
    "A comment for Outlook was left out: it holds something that mail programs refuse."
)

BLOCKS_NO_JSON = gettext_noop("The blocks can’t be read: they are no JSON.")
BLOCKS_SHAPE = gettext_noop("A mail of blocks is an object with a list called “blocks”.")
BLOCKS_UNKNOWN_PART = gettext_noop("A mail of blocks has no part called “%(name)s”.")
BLOCKS_TOO_MANY = gettext_noop("There are more than %(limit)s blocks; no reader gets to the end of that.")
BLOCKS_LOOK = gettext_noop("“%(field)s” has a value that a mail can’t use.")
BLOCK_UNKNOWN = gettext_noop("There is no kind of block called “%(kind)s”.")
BLOCK_NOT_INSIDE = gettext_noop("A block “%(kind)s” can’t stand in a column.")
BLOCK_UNKNOWN_FIELD = gettext_noop("A block “%(kind)s” has no field “%(field)s”.")
BLOCK_VALUE = gettext_noop("“%(field)s” of a block “%(kind)s” has a value that it can’t use.")
BLOCK_LONG = gettext_noop("“%(field)s” of a block “%(kind)s” is longer than %(limit)s characters.")
BLOCK_MANY = gettext_noop("“%(field)s” of a block “%(kind)s” holds at most %(limit)s entries.")
BLOCK_ROWS = gettext_noop("Each row of a table has as many cells as the first one, at most %(limit)s.")
BLOCK_COLUMNS = gettext_noop("A block has one to %(limit)s columns.")
BLOCK_CONDITION = gettext_noop(
    "The condition of this block can’t be read: it names a field, a test and a plain value, or a segment."
)

BUNDLE_BROKEN = gettext_noop("The zip can’t be opened: it is broken, or locked with a password.")
BUNDLE_MANY = gettext_noop("The zip holds more than %(limit)s files.")
BUNDLE_BOMB = gettext_noop("Unpacked, the zip is larger than %(limit)s MB, so nothing of it is taken.")
BUNDLE_NO_SOURCE = gettext_noop("There is no MJML, HTML or text in it.")
BUNDLE_STRANGE = gettext_noop("%(name)s was left out: no MJML, HTML, text or picture for mails.")
BUNDLE_FILE_LARGE = gettext_noop("%(name)s was left out: it is larger than 5 MB.")
BUNDLE_NESTED = gettext_noop("%(name)s was left out: it is a zip inside the zip.")
BUNDLE_NO_PICTURE = gettext_noop("%(name)s was left out: it is no picture that mails can show, or too large.")
BUNDLE_PICTURE_GONE = gettext_noop("%(name)s is named in the mail and wasn’t there.")
BUNDLE_MOST_PICTURES = gettext_noop("Only the first %(limit)s pictures were taken.")
BUNDLE_CODE = gettext_noop("Only an administrator of the account may add HTML to a mail.")
