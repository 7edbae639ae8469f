"""Every kind of block and its fields: what the reader accepts, and what the editor offers."""

from dataclasses import dataclass

from mailexpert.content.blocks import values
from mailexpert.content.blocks.values import Block

MOST_BLOCKS = 200
MOST_COLUMNS = 3
LINE, RICH, ADDRESS, HTML = 300, 20_000, 2_000, 50_000  # characters
MOST_ITEMS, MOST_ROWS, MOST_CELLS = 50, 50, 6
FONTS = {
    "arial": "Arial, Helvetica, sans-serif",
    "verdana": "Verdana, Geneva, sans-serif",
    "tahoma": "Tahoma, Verdana, sans-serif",
    "trebuchet": "'Trebuchet MS', Tahoma, sans-serif",
    "georgia": "Georgia, 'Times New Roman', serif",
    "times": "'Times New Roman', Times, serif",
}
NETWORKS = {
    "website": "Website",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "linkedin": "LinkedIn",
    "youtube": "YouTube",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "x": "X",
    "tiktok": "TikTok",
    "whatsapp": "WhatsApp",
}
TESTS = ("filled", "empty", "is", "is_not")
SEGMENT_TESTS = ("in", "out")


@dataclass(frozen=True, kw_only=True)
class Field:
    """`type`: line, rich, address, image, flag, choice, width, items, rows, links, columns, html."""

    name: str
    type: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Kind:
    name: str
    make: type[Block]
    fields: tuple[Field, ...]
    inside: bool = True  # may stand in a column


def _field(name: str, type_: str, *choices: str) -> Field:
    return Field(name=name, type=type_, choices=choices)


_SRC, _ALT, _DECORATIVE = _field("src", "image"), _field("alt", "line"), _field("decorative", "flag")
_LINK = _field("link", "address")

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="heading",
            make=values.Heading,
            fields=(_field("text", "line"), _field("level", "choice", "1", "2", "3")),
        ),
        Kind(name="text", make=values.Text, fields=(_field("html", "rich"),)),
        Kind(
            name="image",
            make=values.Image,
            fields=(_SRC, _ALT, _DECORATIVE, _LINK, _field("width", "width")),
        ),
        Kind(name="button", make=values.Button, fields=(_field("label", "line"), _LINK)),
        Kind(name="list", make=values.Listing, fields=(_field("items", "items"), _field("numbered", "flag"))),
        Kind(name="columns", make=values.Columns, fields=(_field("columns", "columns"),), inside=False),
        Kind(name="quote", make=values.Quote, fields=(_field("text", "line"), _field("by", "line"))),
        Kind(name="divider", make=values.Divider, fields=()),
        Kind(
            name="product",
            make=values.Product,
            fields=(
                _SRC,
                _ALT,
                _DECORATIVE,
                _field("name", "line"),
                _field("price", "line"),
                _field("html", "rich"),
                _field("label", "line"),
                _LINK,
            ),
        ),
        Kind(name="video", make=values.Video, fields=(_SRC, _field("title", "line"), _LINK)),
        Kind(name="table", make=values.Table, fields=(_field("caption", "line"), _field("rows", "rows"))),
        Kind(name="social", make=values.Social, fields=(_field("links", "links"),)),
        Kind(name="code", make=values.Code, fields=(_field("html", "html"),)),
    )
}
