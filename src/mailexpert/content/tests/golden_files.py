"""The starters as they come out, kept as files so that a change in a compiler is seen.

Renew after looking at the difference: python -m mailexpert.content.tests.golden_files
"""

from pathlib import Path

from mailexpert.content.rules import Compiled, compile_source

GOLDEN = Path(__file__).parent / "golden"
STARTERS = Path(__file__).parents[1] / "starters"
NAMES = sorted(path.name for path in STARTERS.iterdir() if path.suffix in (".mjml", ".txt"))


def compiled(name: str) -> Compiled:
    kind = "text" if name.endswith(".txt") else "mjml"
    source = (STARTERS / name).read_text(encoding="utf-8")
    return compile_source(
        kind, source, title="Onderwerp", language=name.split(".")[1], preheader="De eerste regel"
    )


def parts(name: str) -> dict[Path, str]:
    made = compiled(name)
    stem = name.rsplit(".", 1)[0]
    return {GOLDEN / f"{stem}.html": made.html, GOLDEN / f"{stem}.txt": made.text}


if __name__ == "__main__":
    for each in NAMES:
        for path, text in parts(each).items():
            path.write_text(text, encoding="utf-8")
