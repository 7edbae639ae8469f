"""Plain text as a simple HTML part, so that every mail has both."""

import re
from html import escape

from mailexpert.content.rules_shield import END, WORD_START, Shielded

# An address ends before the punctuation that follows it in a sentence.
ADDRESS = re.compile(
    r"(https?://[^\s<>\"']{0,2000}[^\s<>\"'.,;:!?)\]}])|(?<![\w.+-])([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})"
)
MOST_LINKS = 2_000
NOTHING = re.compile(r"(?!)")
WORD_ADDRESS = re.compile(f"{WORD_START}(\\d+){END}")
LABELLED = re.compile(f"\\s*([^:{WORD_START}]{{1,60}}):\\s*{WORD_START}(\\d+){END}\\s*$")
ADDRESS_FIELD = re.compile(r"\{\{-?\s*(\w+_url)\b")
LABELS = {
    "nl": {
        "unsubscribe_url": "Uitschrijven",
        "preferences_url": "Voorkeuren",
        "browser_url": "Bekijk in je browser",
    },
    "en": {
        "unsubscribe_url": "Unsubscribe",
        "preferences_url": "Preferences",
        "browser_url": "View in your browser",
    },
}
STYLE = (
    "margin:0 auto;max-width:600px;padding:24px 16px;"
    "font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:24px;"
)
# The line about the sender, which every mailing gets, stands on white by itself.
DARK = (
    ":root{color-scheme:light dark} @media (prefers-color-scheme: dark){"
    "body{background-color:#10151f !important;color:#e8eaee !important} div[role=article] a{color:#8fd8d2 !important} "
    "div[role=article] ~ div, div[role=article] ~ div a{background-color:transparent !important;"
    "color:#c9ced8 !important}}"
)
STEERS = re.compile(f"^(?:{WORD_START}\\d+{END}\\s*)+$")


def to_html(shielded: Shielded, language: str) -> str:
    """Paragraphs, line breaks and clickable links; everything else escaped."""
    paragraphs = []
    linked = ADDRESS if shielded.source.count("@") + shielded.source.count("://") <= MOST_LINKS else NOTHING
    for block in re.split(r"\n[ \t]*\n+", shielded.source.strip("\n")):
        inner = "<br>\n".join(_line(line, linked, shielded, language) for line in block.split("\n"))
        only_steers = STEERS.match(block) and all(
            shielded.tags[int(found[1])].steers for found in WORD_ADDRESS.finditer(block)
        )
        paragraphs.append(inner if only_steers else f'<p style="margin:0 0 16px;">{inner}</p>')
    return (
        '<html><head><meta name="color-scheme" content="light dark">'
        f'<meta name="supported-color-schemes" content="light dark"><style>{DARK}</style></head>'
        f'<body style="margin:0;"><div style="{STYLE}">' + "\n".join(paragraphs) + "</div></body></html>"
    )


def _line(line: str, address: re.Pattern[str], shielded: Shielded, language: str) -> str:
    labelled = _labelled(line, shielded)
    if labelled is not None:
        return labelled
    pieces, at = [], 0
    for found in address.finditer(line):
        target = found[1] or f"mailto:{found[2]}"
        pieces.append(escape(line[at : found.start()], quote=False))
        pieces.append(f'<a href="{escape(target)}">{escape(found[0], quote=False)}</a>')
        at = found.end()
    pieces.append(escape(line[at:], quote=False))
    return WORD_ADDRESS.sub(lambda found: _field_link(found, shielded, language), "".join(pieces))


def _labelled(line: str, shielded: Shielded) -> str | None:
    """`Uitschrijven: {{ unsubscribe_url }}` alone on a line is a link with that label."""
    found = LABELLED.match(line)
    if found is None or ADDRESS_FIELD.match(shielded.tags[int(found[2])].text) is None:
        return None
    return f'<a href="{WORD_START}{found[2]}{END}">{escape(found[1], quote=False)}</a>'


def _field_link(found: re.Match[str], shielded: Shielded, language: str) -> str:
    """`{{ unsubscribe_url }}` in a text is a link with a word; inside a longer address it stays as it is."""
    named = ADDRESS_FIELD.match(shielded.tags[int(found[1])].text)
    if named is None or found.string[: found.start()].endswith(("/", "=", '"')):
        return found[0]
    label = LABELS.get(language, LABELS["en"]).get(named[1], found[0])
    return f'<a href="{found[0]}">{label}</a>'
