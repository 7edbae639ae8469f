"""A document as MJML. Each block stands on a line of its own, so that a compiler's line is a block's number."""

from collections.abc import Callable, Iterator

from mailexpert.content.blocks import look as colours
from mailexpert.content.blocks import rich
from mailexpert.content.blocks.kinds import FONTS, NETWORKS
from mailexpert.content.blocks.values import (
    Block,
    Button,
    Code,
    Columns,
    Condition,
    Divider,
    Document,
    Heading,
    Image,
    Listing,
    Look,
    Product,
    Quote,
    Social,
    Table,
    Text,
    Video,
)
from mailexpert.content.rules_segments import name_of

HEAD_LINES = 1
SIDES = 32
WORDS = {
    "nl": {
        "reason": "Je krijgt deze mail op {{ contact.email }}, omdat dit adres bij ons op een lijst staat.",
        "stop": "Uitschrijven",
        "preferences": "Voorkeuren",
        "browser": "Bekijk in je browser",
        "video": "Bekijk de video",
        "by": "Aldus",
    },
    "en": {
        "reason": "You get this mail at {{ contact.email }}, because this address is on a list of ours.",
        "stop": "Unsubscribe",
        "preferences": "Preferences",
        "browser": "View in your browser",
        "video": "Watch the video",
        "by": "Said by",
    },
}
STILL = "display:block;width:100%;max-width:536px;height:auto;border:0;margin:0 0 8px;"
SIZES = {"1": (28, 34), "2": (20, 26), "3": (16, 24)}


def written(document: Document, language: str) -> str:
    """MJML: the head and the band on line 1, block n on line n + 1, the footer after them."""
    say = WORDS.get(language, WORDS["en"])
    head = f'<mjml lang="{language}">{_head(document.look)}{_body_open(document.look)}'
    return "\n".join([head, *_body(document, say), f"{_footer(document, say)}</mj-body></mjml>"])


def _body(document: Document, say: dict[str, str]) -> Iterator[str]:
    """Blocks that are as wide as the mail share one section; columns open their own."""
    blocks = document.blocks
    for number, block in enumerate(blocks):
        wide = _is_wide(block)
        opens = wide and (number == 0 or not _is_wide(blocks[number - 1]))
        closes = wide and (number + 1 == len(blocks) or not _is_wide(blocks[number + 1]))
        top = f"{SIDES}px" if number == 0 else "0"
        opening = f'<mj-section css-class="sheet" background-color="{colours.SHEET}" padding="{top} 0 0">'
        inner = WIDE[type(block)](block, say, opening) if not wide else _one(block, say)
        before, after = f'{opening}<mj-column css-class="ink">', "</mj-column></mj-section>"
        yield f"{before if opens else ''}{_under(block.condition, inner)}{after if closes else ''}"


def _is_wide(block: Block) -> bool:
    return type(block) not in WIDE


def _under(condition: Condition | None, inner: str) -> str:
    if condition is None:
        return inner
    if condition.segment:
        circle = f"contact.{name_of(condition.segment)}"
        tag = "if" if condition.test == "in" else "unless"
        return f"{{% {tag} {circle} %}}{inner}{{% end{tag} %}}"
    name = f"contact.{condition.field}"
    tests = {
        "filled": f"{name} and {name} != ''",
        "empty": f"{name} == nil or {name} == ''",
        "is": f"{name} == '{condition.value}'",
        "is_not": f"{name} != '{condition.value}'",
    }
    return f"{{% if {tests[condition.test]} %}}{inner}{{% endif %}}"


def _one(block: Block, say: dict[str, str]) -> str:
    return MAKERS[type(block)](block, say)


def _mj_text(inner: str, below: int = 16, extra: str = "") -> str:
    return f'<mj-text padding="0 {SIDES}px {below}px"{extra}>{inner}</mj-text>'


def _heading(block: Heading, _say: dict[str, str]) -> str:
    words = rich.words(block.text)
    return (
        _mj_text(f"<h{block.level}>{words}</h{block.level}>", 8 if block.level == "3" else 16)
        if words
        else ""
    )


def _text(block: Text, _say: dict[str, str]) -> str:
    return _mj_text(block.html, 0) if block.html else ""


def _image(block: Image, _say: dict[str, str]) -> str:
    return _picture(block.src, "" if block.decorative else block.alt, block.link, min(block.width, 536))


def _picture(src: str, alt: str, link: str, width: int) -> str:
    if not src.strip():
        return ""
    href = f' href="{rich.address(link)}"' if link.strip() else ""
    return (
        f'<mj-image src="{rich.address(src)}" alt="{rich.attribute(alt)}"{href} width="{width}px" '
        f'padding="0 {SIDES}px 24px" />'
    )


def _button(block: Button, _say: dict[str, str]) -> str:
    label = rich.words(block.label)
    return f'<mj-button href="{rich.address(block.link)}">{label}</mj-button>' if label else ""


def _divider(_block: Divider, _say: dict[str, str]) -> str:
    return '<mj-divider css-class="rule" />'


def _list(block: Listing, _say: dict[str, str]) -> str:
    items = "".join(f"<li>{rich.words(item)}</li>" for item in block.items if item.strip())
    name = "ol" if block.numbered else "ul"
    return _mj_text(f"<{name}>{items}</{name}>") if items else ""


def _quote(block: Quote, _say: dict[str, str]) -> str:
    by = f'<p class="by">{rich.words(block.by)}</p>' if block.by.strip() else ""
    words = rich.words(block.text)
    return _mj_text(f"<blockquote><p>{words}</p>{by}</blockquote>") if words else ""


def _social(block: Social, _say: dict[str, str]) -> str:
    links = [
        f'<a href="{rich.address(link)}">{NETWORKS[network]}</a>'
        for network, link in block.links
        if link.strip()
    ]
    return _mj_text(f"<p>{' &#183; '.join(links)}</p>", 0) if links else ""


def _video(block: Video, say: dict[str, str]) -> str:
    """Still and words are one link, so that neither is a link without a name."""
    label = f"{say['video']}: {rich.words(block.title)}" if block.title.strip() else say["video"]
    still = (
        f'<img src="{rich.address(block.src)}" alt="" width="536" style="{STILL}" />'
        if block.src.strip()
        else ""
    )
    return _mj_text(f'<p><a href="{rich.address(block.link)}">{still}&#9654;&#160;{label}</a></p>', 0)


def _table(block: Table, _say: dict[str, str]) -> str:
    if not block.rows:
        return ""
    caption = f"<caption>{rich.words(block.caption)}</caption>" if block.caption.strip() else ""
    heads = "".join(f'<th scope="col">{rich.words(cell)}</th>' for cell in block.rows[0])
    rows = "".join(
        f"<tr>{''.join(f'<td>{rich.words(cell)}</td>' for cell in row)}</tr>" for row in block.rows[1:]
    )
    inner = f"{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>"
    return f'<mj-table css-class="facts" padding="0 {SIDES}px 24px">{inner}</mj-table>'


def _product(block: Product, say: dict[str, str]) -> str:
    """In a column: all below each other."""
    return "".join(
        (_picture(block.src, "" if block.decorative else block.alt, "", 536), *_product_words(block, say))
    )


def _product_words(block: Product, say: dict[str, str]) -> Iterator[str]:
    yield _heading(Heading(text=block.name, level="2"), say)
    yield _mj_text(f"<p><strong>{rich.words(block.price)}</strong></p>", 0) if block.price.strip() else ""
    yield _mj_text(block.html, 0) if block.html else ""
    yield _button(Button(label=block.label, link=block.link), say)


def _code(block: Code, _say: dict[str, str]) -> str:
    return _mj_text(rich.free(block.html), 0) if block.html.strip() else ""


MAKERS: dict[type[Block], Callable[..., str]] = {
    Heading: _heading,
    Text: _text,
    Image: _image,
    Button: _button,
    Divider: _divider,
    Listing: _list,
    Quote: _quote,
    Social: _social,
    Video: _video,
    Table: _table,
    Product: _product,
    Code: _code,
}


def _wide_columns(block: Columns, say: dict[str, str], opening: str) -> str:
    columns = "".join(
        f'<mj-column css-class="ink">{"".join(_under(one.condition, _one(one, say)) for one in column)}</mj-column>'
        for column in block.columns
    )
    return f"{opening}{columns}</mj-section>" if columns else ""


def _wide_product(block: Product, say: dict[str, str], opening: str) -> str:
    picture = _picture(block.src, "" if block.decorative else block.alt, "", 536)
    words = "".join(_product_words(block, say))
    beside = f'<mj-column css-class="ink" width="40%">{picture}</mj-column>' if picture else ""
    width = "60%" if picture else "100%"
    return f'{opening}{beside}<mj-column css-class="ink" width="{width}">{words}</mj-column></mj-section>'


WIDE: dict[type[Block], Callable[..., str]] = {Columns: _wide_columns, Product: _wide_product}


FOOTER_LINKS = (
    ("unsubscribe_url", "stop"),
    ("preferences_url", "preferences"),
    ("browser_url", "browser"),
)


def _footer(document: Document, say: dict[str, str]) -> str:
    reason = rich.words(document.reason or say["reason"])
    links = " · ".join(f'<a href="{{{{ {url} }}}}">{say[word]}</a>' for url, word in FOOTER_LINKS)
    end = (
        f'<mj-section css-class="sheet" background-color="{colours.SHEET}" padding="8px 0 16px">'
        "<mj-column></mj-column></mj-section>"
    )
    return (
        f'{end}<mj-section padding="24px 0 8px"><mj-column css-class="quiet">'
        f'<mj-text font-size="14px" line-height="20px" color="{colours.QUIET}" padding="0 {SIDES}px">'
        f"<p>{reason}</p><p>{links}</p></mj-text></mj-column></mj-section>"
    )


def _band(look: Look) -> str:
    name = rich.words(look.name)
    if look.logo.strip():
        return (
            f'<mj-section css-class="sheet" background-color="{colours.SHEET}" padding="20px 0"><mj-column>'
            f'<mj-image src="{rich.address(look.logo)}" alt="{rich.attribute(look.name)}" '
            f'width="{look.logo_width}px" align="left" padding="0 {SIDES}px" />'
            "</mj-column></mj-section>"
        )
    if not name:
        return ""
    return (
        f'<mj-section background-color="{look.accent}" padding="20px 0"><mj-column>'
        f'<mj-text color="{colours.on(look.accent)}" font-size="18px" font-weight="700" '
        f'padding="0 {SIDES}px">{name}</mj-text></mj-column></mj-section>'
    )


def _body_open(look: Look) -> str:
    return f'<mj-body background-color="{look.ground}" width="600px" css-class="page">{_band(look)}'


def _head(look: Look) -> str:
    accent = colours.readable(look.accent, colours.SHEET)
    quiet = colours.readable(colours.QUIET, look.ground)
    return f"<mj-head>{_attributes(look)}{_inline(accent, quiet)}{_schemes()}{_dark(look)}</mj-head>"


def _attributes(look: Look) -> str:
    return (
        f'<mj-attributes><mj-all font-family="{FONTS[look.font]}" />'
        f'<mj-text font-size="16px" line-height="24px" color="{colours.INK}" />'
        f'<mj-table font-size="16px" line-height="24px" color="{colours.INK}" />'
        f'<mj-button font-size="16px" font-weight="700" line-height="24px" background-color="{look.accent}" '
        f'color="{colours.on(look.accent)}" border-radius="4px" inner-padding="12px 24px" '
        f'padding="8px {SIDES}px 24px" align="left" />'
        f'<mj-divider border-width="1px" border-color="#d8dde3" padding="8px {SIDES}px 24px" />'
        "</mj-attributes>"
    )


def _inline(accent: str, quiet: str) -> str:
    rules = [
        f"h{level} {{ margin: 0; font-size: {size}px; line-height: {line}px; font-weight: 700; color: {accent}; }}"
        for level, (size, line) in SIZES.items()
    ]
    rules += [
        "p { margin: 0 0 16px; }",
        "ul, ol { margin: 0; padding: 0 0 0 24px; } li { margin: 0 0 8px; }",
        f"blockquote {{ margin: 0; padding: 0 0 0 16px; border-left: 4px solid {accent}; }}",
        ".by { margin: 0; font-size: 14px; line-height: 20px; }",
        "caption { text-align: left; font-weight: 700; padding: 0 0 8px; }",
        "th { text-align: left; padding: 8px 8px 8px 0; border-bottom: 2px solid #4b5563; }",
        "td.facts td { padding: 8px 8px 8px 0; border-bottom: 1px solid #d8dde3; }",
        f".ink a {{ color: {accent}; }} .quiet a, .quiet p {{ color: {quiet}; }}",
    ]
    return f'<mj-style inline="inline">{" ".join(rules)}</mj-style>'


def _schemes() -> str:
    return (
        '<mj-raw><meta name="color-scheme" content="light dark" />'
        '<meta name="supported-color-schemes" content="light dark" /></mj-raw>'
    )


def _dark(look: Look) -> str:
    accent = colours.readable(look.accent, colours.DARK_SHEET)
    ink, quiet = colours.DARK_INK, colours.DARK_QUIET
    sheet, ground = colours.DARK_SHEET, colours.DARK_GROUND
    text = ".ink div, .ink p, .ink li, .ink td, .ink th, .ink caption"
    heads = ".ink h1, .ink h2, .ink h3, .ink p a, .ink li a"
    small = ".quiet div, .quiet p, .quiet a"

    def inside(mark: str, selectors: str) -> str:
        return ", ".join(f"{mark} {one.strip()}" for one in selectors.split(","))

    media = (
        f"body, .page {{ background-color: {ground} !important; }} "
        f".sheet, .sheet > table {{ background: {sheet} !important; background-color: {sheet} !important; }} "
        f"{text} {{ color: {ink} !important; }} {heads} {{ color: {accent} !important; }} "
        f".rule p {{ border-top-color: #3a4358 !important; }} {small} {{ color: {quiet} !important; }} "
        f"div[role=article] ~ div, div[role=article] ~ div a "
        f"{{ background-color: {ground} !important; color: {quiet} !important; }}"
    )
    return (
        "<mj-style>:root { color-scheme: light dark; supported-color-schemes: light dark; } "
        f"div[role=article] ~ div {{ background-color: {look.ground} !important; }} "
        f"@media (prefers-color-scheme: dark) {{ {media} }} "
        f"{inside('[data-ogsc]', text)} {{ color: {ink} !important; }} "
        f"{inside('[data-ogsc]', heads)} {{ color: {accent} !important; }} "
        f"{inside('[data-ogsc]', small)} {{ color: {quiet} !important; }} "
        f"{inside('[data-ogsb]', '.sheet, .sheet > table')} {{ background-color: {sheet} !important; }}</mj-style>"
    )
