"""A rendered mail as the preview shows it: dark or light as asked, whatever the device prefers."""

import re

PREFERS = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.IGNORECASE)
SCHEMES = re.compile(
    r"(color-scheme\s*:\s*|name=\"(?:supported-)?color-schemes?\" content=\")light dark", re.IGNORECASE
)
ALWAYS, NEVER = "(min-width: 0)", "(max-width: 0)"
HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
# Links of a preview open beside it, never in its frame.
OUTSIDE = '<base target="_blank">'


def shown(html: str, *, dark: bool) -> str:
    wanted = "dark" if dark else "light"
    html = PREFERS.sub(lambda found: ALWAYS if found[1].lower() == wanted else NEVER, html)
    html = SCHEMES.sub(rf"\g<1>{wanted}", html)
    return HEAD.sub(lambda found: found[0] + OUTSIDE, html, count=1)


def has_dark(html: str) -> bool:
    """Whether the mail names its own dark colours; else mail programs choose them."""
    return PREFERS.search(html) is not None
