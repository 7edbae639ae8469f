"""The starters as they come out, kept as files so that a change in a compiler is seen.

Renew after looking at the difference: python -m mailexpert.content.tests.golden_files
"""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

from mailexpert.content.rules import Compiled, compile_source
from mailexpert.content.rules_preview import shown
from mailexpert.content.rules_strip import as_word_shows, without_head_styles, without_pictures
from mailexpert.content.tests.block_samples import SAMPLES, block, mail

GOLDEN = Path(__file__).parent / "golden"
STARTERS = Path(__file__).parents[1] / "starters"
NAMES = sorted(path.name for path in STARTERS.iterdir() if path.suffix in (".mjml", ".txt"))


def compiled(name: str) -> Compiled:
    kind = "text" if name.endswith(".txt") else "mjml"
    source = (STARTERS / name).read_text(encoding="utf-8")
    return compile_source(
        kind, source, title="Onderwerp", language=name.split(".")[1], preheader="De eerste regel"
    )


# How a mail looks to who reads in the dark, to Gmail without the head, to Word, and without pictures.
WAYS: dict[str, Callable[[str], str]] = {
    "dark": partial(shown, dark=True),
    "bare": without_head_styles,
    "word": as_word_shows,
    "blind": without_pictures,
}


def block_parts() -> dict[Path, str]:
    """Six files a kind of block, and six a shipped mail of blocks."""
    made = {}
    for kind in SAMPLES:
        one = compile_source("blocks", mail(block(kind)), title="Onderwerp", preheader="De eerste regel")
        made |= _in_every_way(GOLDEN / "blocks", kind, one)
    for path in sorted((STARTERS / "blocks").glob("*.json")):
        given = json.loads(path.read_text(encoding="utf-8"))
        source, language = json.dumps(given["mail"]), path.stem.split(".")[1]
        one = compile_source(
            "blocks", source, title=given["subject"], language=language, preheader=given["preheader"]
        )
        made |= _in_every_way(GOLDEN / "blocks", path.stem, one)
    return made


def parts(name: str) -> dict[Path, str]:
    return _in_every_way(GOLDEN, name.rsplit(".", 1)[0], compiled(name))


def _in_every_way(folder: Path, stem: str, one: Compiled) -> dict[Path, str]:
    shown = {folder / f"{stem}.{way}.html": show(one.html) for way, show in WAYS.items()}
    return {folder / f"{stem}.html": one.html, folder / f"{stem}.txt": one.text} | shown


if __name__ == "__main__":
    (GOLDEN / "blocks").mkdir(exist_ok=True)
    for path, text in block_parts().items():
        path.write_text(text, encoding="utf-8")
    for each in NAMES:
        for path, text in parts(each).items():
            path.write_text(text, encoding="utf-8")
