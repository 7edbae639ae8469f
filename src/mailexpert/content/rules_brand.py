"""What becomes of chosen colours: read on white, on themselves and in the dark, measured. No Django."""

from dataclasses import dataclass

from mailexpert.content.blocks import look
from mailexpert.content.blocks.kinds import FONTS
from mailexpert.content.problems import gettext_noop

PALE = 0.5
# What sites use, and which of the fonts that every device has comes nearest. Looked up in this order.
NEAREST = (
    ("georgia", ("georgia", "merriweather", "lora", "playfair", "garamond", "baskerville", "noto serif")),
    ("times", ("times", "cambria", "pt serif", "crimson")),
    ("verdana", ("verdana", "open sans", "dejavu sans", "noto sans")),
    ("tahoma", ("tahoma", "segoe", "ubuntu")),
    ("trebuchet", ("trebuchet", "fira sans", "pt sans")),
    ("arial", ("arial", "helvetica", "roboto", "inter", "sans-serif")),
    ("georgia", ("serif",)),
)  # fmt: skip

AS_IT_IS = gettext_noop("On white your colour can be read as it is.")
DARKENED = gettext_noop(
    "For words on white your colour is darkened to %(made)s; as it is, nobody could read it."
)
ON_ACCENT_WHITE = gettext_noop("Words on your colour are white.")
ON_ACCENT_DARK = gettext_noop("Words on your colour are dark; white could not be read.")
ON_GROUND = gettext_noop("The small print below the mail, on the colour around it.")
IN_THE_DARK = gettext_noop("In dark mode your colour becomes %(made)s on a dark sheet.")


LOGO_BY_DAY = gettext_noop("Your logo, on white.")
LOGO_IN_THE_DARK = gettext_noop("Your logo, on the dark sheet of dark mode.")
LOGO_LOST = gettext_noop(
    "Most of your logo can’t be told from the sheet there. Take one with a light edge or a ground of its own."
)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Words in a colour on a ground, and how well they are read."""

    ink: str
    ground: str
    sentence: str
    made: str = ""

    @property
    def ratio(self) -> float:
        return look.contrast(self.ink, self.ground)

    @property
    def is_enough(self) -> bool:
        return self.ratio >= look.ENOUGH


def pairs(accent: str, ground: str) -> tuple[Pair, ...]:
    """Each way in which the colours meet words in a mail, as the mail will show it."""
    words, on = look.readable(accent, look.SHEET), look.on(accent)
    dark = look.readable(accent, look.DARK_SHEET)
    return (
        Pair(ink=words, ground=look.SHEET, sentence=AS_IT_IS if words == accent else DARKENED, made=words),
        Pair(ink=on, ground=accent, sentence=ON_ACCENT_WHITE if on == "#ffffff" else ON_ACCENT_DARK),
        Pair(ink=look.readable(look.QUIET, ground), ground=ground, sentence=ON_GROUND),
        Pair(ink=dark, ground=look.DARK_SHEET, sentence=IN_THE_DARK, made=dark),
    )


def is_pale(colour: str) -> bool:
    """Whether it can lie around a mail: dark words are read on it."""
    return look.luminance(colour) >= PALE


def is_colour(text: str) -> bool:
    return look.HEX.fullmatch(text) is not None


def nearest_font(family: str) -> str:
    """The font for mails that comes nearest to what a site asks for."""
    asked = [one.strip(" '\"").lower() for one in family.split(",")]
    for name in asked:
        for font, known in NEAREST:
            if any(one in name for one in known):
                return font
    return "arial"


def stack(font: str) -> str:
    return FONTS.get(font, FONTS["arial"])
