"""The mail itself with each link's share on it. Drawn from the frozen HTML for nobody in particular: no name, no
address, links that lead nowhere, and the blocks that only some people saw too."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from mailexpert.mail import anchors, browser, links

BRANCH = re.compile(
    r"\{%-?\s*(?:if|unless|elsif|else|endif|endunless|case|when|endcase)\b.*?-?%\}", re.DOTALL
)
BADGE = (
    "display:inline-block;box-sizing:border-box;margin:0 6px 0 0;padding:2px 8px;border-radius:4px;"
    "border:1px solid #0F5C5C;font:600 13px/18px 'IBM Plex Sans',Arial,sans-serif;letter-spacing:0;"
    "text-decoration:none;text-transform:none;white-space:nowrap;vertical-align:middle;"
)
WARM, COOL = "background:#0F5C5C;color:#FFFFFF;", "background:#D9E8E6;color:#14213D;"
COLD = "background:#FFFFFF;color:#14213D;"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What stands at a link: `text`, and how it compares with the most clicked one, 0 to 1; None isn't told."""

    text: str
    heat: float | None


def draw(html: str, language: str, marks: Mapping[int, Mark]) -> str:
    """Raises personalise.RenderProblem."""
    whole = BRANCH.sub("", html)
    return browser.page(_marked(whole, marks), [], language)


def _marked(html: str, marks: Mapping[int, Mark]) -> str:
    """Each badge stands at the beginning of its link, whatever that is: words, a button, a picture."""
    out, done = [], 0
    for place in anchors.hrefs(html):
        found = links.PLACEHOLDER.search(html, place.start, place.end)
        ends = html.find(">", place.end)
        if found is None or ends < 0 or int(found[1]) not in marks:
            continue
        out += [html[done : ends + 1], _badge(marks[int(found[1])])]
        done = ends + 1
    return "".join([*out, html[done:]])


def _badge(mark: Mark) -> str:
    tone = COLD if not mark.heat else WARM if mark.heat >= 0.5 else COOL
    return f'<span style="{BADGE}{tone}">{escape(mark.text)}</span>'
