"""Templates: each compiles, and none holds what the Content-Security-Policy refuses or what misleads.

python tools/templates.py
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOMS = Path(__file__).resolve().parents[1] / "src" / "mailexpert"
REFUSED = {
    r"\sstyle\s*=": "an inline style, which the browser refuses here; use a class",
    r"\son[a-z]+\s*=\s*[\"']": "an inline script, which the browser refuses here; use a file in static/",
    r"<script(?![^>]*\bsrc=)(?![^>]*\btype=[\"']application/)": "a script without a file of its own",
    r"<style\b": "a style sheet without a file of its own",
    r"href\s*=\s*[\"']javascript:": "a link that is a script",
    r"\|\s*safe\b": "|safe: what a person typed must stay escaped; clean it and use format_html in Python",
    r"<img(?![^>]*\balt\s*=)": "an image without alt",
}
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|<!--.*?-->", re.S)


# A mail has no style sheet of ours, and no policy that refuses an inline one.
IN_MAILS = {r"\sstyle\s*=", r"<style\b"}


def faults(path: Path) -> Iterator[str]:
    from django.template import TemplateSyntaxError, engines

    text = path.read_text(encoding="utf-8")
    name = path.relative_to(ROOMS)
    try:
        engines["django"].from_string(text)
    except TemplateSyntaxError as problem:
        yield f"{name}: {problem}"
    bare = COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    is_mail = path.parent.name == "mail"
    for pattern, what in REFUSED.items():
        if is_mail and pattern in IN_MAILS:
            continue
        for found in re.finditer(pattern, bare):
            yield f"{name}:{bare.count(chr(10), 0, found.start()) + 1}: {what}"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailexpert.config.settings")
    import django

    django.setup()
    paths = sorted(ROOMS.glob("*/templates/**/*.html"))
    found = [fault for path in paths for fault in faults(path)]
    print("\n".join(found) or f"{len(paths)} templates are in order.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
