"""docs/mail-programs.md from the facts of caniemail.com: what our mails use, in nine mail programs.

python tools/mailprograms.py           # writes it
python tools/mailprograms.py --check   # says whether it is as it should be
"""

import os
import sys
from pathlib import Path

import django
from django.apps import apps
from selectolax.lexbor import LexborHTMLParser

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailexpert.config.settings")
    django.setup()

from mailexpert.content.queries import IN_BLOCKS, LANGUAGES, starter_of
from mailexpert.content.rules import compile_source
from mailexpert.content.rules_support import DATA, GRACEFUL, facts, used
from mailexpert.content.tests.block_samples import whole

PAGE = Path(__file__).parents[1] / "docs" / "mail-programs.md"
SIGNS = {"y": "yes", "a": "partly", "n": "no", "u": "?"}
# What stands instead where it is missing; each was looked at in the mails that `rules_strip` makes.
INSTEAD = {
    "css-selector-attribute": "only Outlook’s own dark rules need it",
    "css-selector-child": "a light sheet in dark mode",
    "css-selector-adjacent-sibling": "the footer’s ground is white",
    "html-aria-label": "the words themselves are read",
    "html-meta-color-scheme": "the program's own dark colours, or light ones",
    "html-target": "links open as the program likes",
    "css-at-media": "one layout, as wide as the window",
    "css-at-media-prefers-color-scheme": "the program's own dark colours, or light ones",
    "css-border-radius": "square corners",
    "css-color-scheme": "the program's own dark colours, or light ones",
    "css-max-width": "the width that the table gives",
    "css-overflow": "nothing is cut off",
    "css-opacity": "hidden by its size instead",
    "css-max-height": "hidden by `display` instead",
    "css-table-layout": "columns as wide as their words",
    "css-text-decoration-color": "underlined in the colour of the words",
}
HEAD = """# Mail programs

What the mails of our blocks and gallery use, and which mail program shows it, by the facts of
[caniemail.com](https://www.caniemail.com) (MIT, as of {updated}), in the newest version of each.
`python tools/mailprograms.py` writes this page from every block and all {count} mails of the gallery; a test fails when
it is out of date. The check before sending (`content/rules_features.py`) looks for all {features} features of that
collection in what you write.

"""


def matrix() -> str:
    sources = [(whole(), "nl")]
    for slug in IN_BLOCKS:
        for language in LANGUAGES:
            found = starter_of(slug, language)
            assert found is not None
            sources.append((found.source, language))
    seen: set[str] = set()
    for source, language in sources:
        html = compile_source("blocks", source, language=language).html
        seen |= used(html, LexborHTMLParser(html))
    clients, features = facts()
    from json import loads

    updated = loads(DATA.read_text(encoding="utf-8"))["updated"]
    lines = [HEAD.format(updated=updated, count=len(sources) - 1, features=len(features))]
    lines.append("| Used | " + " | ".join(name for _key, name in clients) + " | Where it is missing |\n")
    lines.append("|---|" + "---|" * (len(clients) + 1) + "\n")
    for name in sorted(seen, key=lambda one: (not _lacking(features[one][1]), one)):
        title, letters = features[name]
        cells = " | ".join(SIGNS[letter] for letter in letters)
        lines.append(f"| `{title.replace('|', ' ')}` | {cells} | {_instead(name, letters)} |\n")
    return "".join(lines)


def _lacking(letters: str) -> bool:
    return "n" in letters


def _instead(name: str, letters: str) -> str:
    if not _lacking(letters):
        return ""
    if name.startswith("css-selector-"):
        return INSTEAD.get(name, "what matters stands in the elements themselves")
    return INSTEAD.get(name, "the mail stands without it" if name in GRACEFUL else "named before sending")


def main() -> int:
    made = matrix()
    if "--check" in sys.argv:
        return 0 if PAGE.read_text(encoding="utf-8") == made else 1
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
