"""What holds for every template and stylesheet of every room."""

import re
from pathlib import Path

import pytest

ROOMS = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path for path in ROOMS.glob("*/templates/**/*.html"))
PAGES = [path for path in TEMPLATES if "mail" not in path.parts and "starters" not in path.parts]
SPRITE = (ROOMS / "web/static/web/icons.svg").read_text(encoding="utf-8")


def named(path: Path) -> str:
    return str(path.relative_to(ROOMS))


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_page_keeps_to_the_content_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text), "refused; use a class or an SVG attribute"
    assert not re.search(r"<style[\s>]", text)
    assert not re.search(r"\son(click|submit|change|input|load)\s*=", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "inline scripts are refused"


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_page_names_icons_that_exist(path: Path) -> None:
    for name in re.findall(r'{% icon "([^"]+)"', path.read_text(encoding="utf-8")):
        assert f'id="i-{name}"' in SPRITE, name
    for name in re.findall(r'{% shape "([^"]+)"', path.read_text(encoding="utf-8")):
        assert f'id="s-{name}"' in SPRITE, name
