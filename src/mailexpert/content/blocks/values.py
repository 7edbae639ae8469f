"""What a mail of blocks is made of."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Condition:
    """For whom a block is there: a field, how it is compared (is, is_not, filled, empty), and with what; or a segment,
    and whether they are in it (in, out)."""

    field: str = ""
    test: str = "filled"
    value: str = ""
    segment: int = 0


@dataclass(frozen=True, kw_only=True)
class Block:
    kind: ClassVar[str] = ""
    condition: Condition | None = None


@dataclass(frozen=True, kw_only=True)
class Heading(Block):
    kind = "heading"
    text: str = ""
    level: str = "2"


@dataclass(frozen=True, kw_only=True)
class Text(Block):
    """`html`: paragraphs with bold, italic and links, nothing else (blocks.rich)."""

    kind = "text"
    html: str = ""


@dataclass(frozen=True, kw_only=True)
class Image(Block):
    kind = "image"
    src: str = ""
    alt: str = ""
    decorative: bool = False
    link: str = ""
    width: int = 536


@dataclass(frozen=True, kw_only=True)
class Button(Block):
    kind = "button"
    label: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Columns(Block):
    """Two or three columns beside each other; on a phone below each other."""

    kind = "columns"
    columns: tuple[tuple[Block, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Divider(Block):
    kind = "divider"


@dataclass(frozen=True, kw_only=True)
class Listing(Block):
    kind = "list"
    items: tuple[str, ...] = ()
    numbered: bool = False


@dataclass(frozen=True, kw_only=True)
class Quote(Block):
    kind = "quote"
    text: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Social(Block):
    """Names instead of icons: they need no picture and every screen reader says them."""

    kind = "social"
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Video(Block):
    """A still that leads to the video; mail programs play none."""

    kind = "video"
    src: str = ""
    title: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Table(Block):
    """Facts. The first row holds the heads of the columns."""

    kind = "table"
    caption: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Product(Block):
    kind = "product"
    src: str = ""
    alt: str = ""
    decorative: bool = False
    name: str = ""
    price: str = ""
    html: str = ""
    label: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Code(Block):
    """HTML by someone who may; cleaned like every other source."""

    kind = "code"
    html: str = ""


@dataclass(frozen=True, kw_only=True)
class Look:
    """The brand in this mail. Dark colours are derived (blocks.look)."""

    name: str = ""
    logo: str = ""
    logo_width: int = 160
    accent: str = "#0f5c5c"
    ground: str = "#f3f4f1"
    font: str = "arial"


@dataclass(frozen=True, kw_only=True)
class Document:
    """The footer isn't among the blocks: it is always there. `reason` says why the reader gets this mail."""

    blocks: tuple[Block, ...]
    look: Look = field(default_factory=Look)
    reason: str = ""
