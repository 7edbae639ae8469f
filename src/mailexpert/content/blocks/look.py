"""Colours of a mail of blocks: readable by day, and a dark set derived from them."""

import re

HEX = re.compile(r"#[0-9a-f]{6}")
ENOUGH = 4.5  # WCAG 2.2, 1.4.3
SHEET, INK, QUIET = "#ffffff", "#1f2937", "#4b5563"
DARK_GROUND, DARK_SHEET, DARK_INK, DARK_QUIET = "#10151f", "#1a2130", "#e8eaee", "#b3bac6"


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [part / 255 for part in _channels(colour)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def on(colour: str) -> str:
    """Text on this colour: white where that reads, else ink."""
    return "#ffffff" if contrast("#ffffff", colour) >= ENOUGH else readable("#000000", colour)


def readable(colour: str, ground: str) -> str:
    """The colour itself, or as far toward black or white as it takes to be read on this ground."""
    toward = "#ffffff" if luminance(ground) < 0.18 else "#000000"
    for step in range(21):
        made = _mixed(colour, toward, step / 20)
        if contrast(made, ground) >= ENOUGH:
            return made
    return toward


def _channels(colour: str) -> list[int]:
    return [int(part, 16) for part in re.findall("..", colour[1:])]


def _mixed(colour: str, toward: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(toward), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
