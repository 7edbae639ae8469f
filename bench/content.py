"""How long a mail of blocks takes before it is sent, by its number of blocks: compiling it, checking it whole,
rendering what one reader gets in each view of the preview (milliseconds of one core, the median of several); and, where
Chromium is installed, drawing those views on a phone and a desktop (milliseconds of the clock a view, the median).

.venv/bin/python bench/content.py [--blocks 10 25 50 100 200] [--repeats 5] [--json]
"""

import argparse
import json
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from mailexpert.content.rules import Compiled, compile_source
from mailexpert.content.rules_checks import examine
from mailexpert.content.rules_preview import shown
from mailexpert.content.rules_strip import as_word_shows, without_head_styles, without_pictures
from mailexpert.content.values import Draft
from mailexpert.mail import personalise

FIELDS = {"first_name", "email", "city"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SCREENS = {"phone": 375, "desktop": 1024}
READER = {"email": "lezer@voorbeeld.example", "first_name": "Chloé", "city": "Ede"}
ROUND = (
    {"kind": "heading", "text": "Nog {{ contact.city | default: 'hier' }} te gaan", "level": "2"},
    {
        "kind": "text",
        "html": '<p>Er staan <b>228</b> pakketten klaar. <a href="https://a.example/{n}">Bekijk ze</a></p>',
    },
    {"kind": "image", "src": "https://a.example/krat.png", "alt": "Houten krat met brood", "width": 536},
    {"kind": "button", "label": "Vul pakket {n}", "link": "https://a.example/pakket/{n}"},
    {"kind": "list", "items": ["Brood en beleg", "Appels", "Zeep"]},
)


def mail(blocks: int) -> str:
    """The first one is the mail's title; the others come round."""
    title = {
        "kind": "heading",
        "text": "Nieuws voor {{ contact.first_name | default: 'lezer' }}",
        "level": "1",
    }
    rest = [
        json.loads(json.dumps(ROUND[n % len(ROUND)]).replace("{n}", str(n)))
        for n in range(max(0, blocks - 1))
    ]
    return json.dumps({"look": {"name": "Voedselbank"}, "blocks": [title, *rest]})


def views(made: Compiled) -> list[str]:
    """Everything that the preview shows of one reader's mail."""
    html = personalise.render_html(made.html, READER, unsubscribe_url="#")
    personalise.render_text(made.text, READER, unsubscribe_url="#")
    ways = [shown(html, dark=dark) for dark in (False, True)]
    return [*ways, *(strip(html) for strip in (without_head_styles, as_word_shows, without_pictures))]


@contextmanager
def browser() -> Iterator[Any]:
    """A page of Chromium that fetches nothing; None where there is no Chromium."""
    binary = next(filter(None, map(shutil.which, BROWSERS)), None)
    if binary is None:
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=binary, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield running.new_context(offline=True).new_page()
        running.close()


def drawn(page: Any, ways: list[str], width: int) -> float:
    """Laid out and painted from top to bottom, as a picture: milliseconds a view."""
    took = []
    page.set_viewport_size({"width": width, "height": 900})
    for html in (ways[0], *ways):  # the first one warms up
        began = time.perf_counter()
        page.set_content(html, wait_until="domcontentloaded")
        page.screenshot(full_page=True)
        took.append(time.perf_counter() - began)
    return round(statistics.median(took[1:]) * 1000, 1)


def timed(work: Callable[[], object], repeats: int) -> float:
    work()
    took = []
    for _time in range(repeats):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return round(statistics.median(took) * 1000, 1)


def measure(blocks: int, repeats: int, page: Any) -> dict[str, float]:
    draft = Draft(kind="blocks", source=mail(blocks), subject="Nieuws uit Lindewoud", preheader="Lees mee")

    def compiled() -> Compiled:
        return compile_source("blocks", draft.source, title=draft.subject, preheader=draft.preheader)

    made = compiled()
    screens = SCREENS if page else {}
    return {
        f"compile_ms_{blocks}": timed(compiled, repeats),
        f"check_ms_{blocks}": timed(lambda: examine(draft, made, FIELDS), repeats),
        f"previews_ms_{blocks}": timed(lambda: views(made), repeats),
        **{f"drawn_{name}_ms_{blocks}": drawn(page, views(made), wide) for name, wide in screens.items()},
        f"html_kb_{blocks}": round(len(made.html.encode()) / 1000, 1),
        f"elements_{blocks}": len(LexborHTMLParser(made.html).css("*")),
    }


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--blocks", type=int, nargs="+", default=[10, 25, 50, 100, 200])
    ask.add_argument("--repeats", type=int, default=5)
    ask.add_argument("--json", action="store_true")
    asked = ask.parse_args()
    found: dict[str, float] = {}
    with browser() as page:
        for blocks in asked.blocks:
            found |= measure(blocks, asked.repeats, page)
    first, last = min(asked.blocks), max(asked.blocks)
    names = ("compile", "check", "previews", *(f"drawn_{name}" for name in SCREENS))
    for name in (one for one in names if f"{one}_ms_{first}" in found):
        grew = found[f"{name}_ms_{last}"] / max(found[f"{name}_ms_{first}"], 0.1)
        found[f"{name}_grows"] = round(grew / (last / first), 2)  # 1.0 is as fast as the mail itself
    print(
        json.dumps(found)
        if asked.json
        else "\n".join(f"{name:<24} {value:>10}" for name, value in found.items())
    )


if __name__ == "__main__":
    main()
