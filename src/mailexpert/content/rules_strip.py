"""A mail as less capable programs show it: without the styles in its head, without its pictures."""

import re

STYLE = re.compile(r"<style\b[^>]*>.*?</style>", re.IGNORECASE | re.DOTALL)
CLASS = re.compile(r"""\s(?:class|id)=(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
ALT = re.compile(r"""\salt="([^"]*)\"""", re.IGNORECASE)
# Word, inside Outlook for Windows, knows none of these.
WORD_DROPS = re.compile(
    r"(?<![\w-])(?:border-radius|box-shadow|max-width|background-image|background-size|display|float|position|"
    r"opacity|overflow|object-fit|transform|animation|transition|text-shadow|min-height|max-height)\s*:[^;\"']*;?",
    re.IGNORECASE,
)
INLINE = re.compile(r'style="([^"]*)"', re.IGNORECASE)


def without_head_styles(html: str) -> str:
    """As Gmail shows it where it drops the head: in other people's accounts, and in mails that were clipped."""
    return CLASS.sub("", STYLE.sub("", html))


def as_word_shows(html: str) -> str:
    """Near to what Outlook for Windows makes of it."""
    bare = without_head_styles(html)
    return INLINE.sub(lambda found: f'style="{WORD_DROPS.sub("", found[1])}"', bare)


def without_pictures(html: str) -> str:
    """Each picture as the words that stand in for it."""

    def words(found: re.Match[str]) -> str:
        alt = ALT.search(found[0])
        return f"<span>{alt[1]}</span>" if alt else ""

    return IMAGE.sub(words, html)
