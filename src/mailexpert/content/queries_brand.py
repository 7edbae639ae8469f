"""The account's brand, as mails and other rooms take it."""

from mailexpert.accounts.models import Account
from mailexpert.content.actions_images import address_of
from mailexpert.content.blocks import look
from mailexpert.content.models import Brand
from mailexpert.content.rules_brand import stack
from mailexpert.core import brand as port


def saved() -> Brand | None:
    return Brand.objects.select_related("logo").first()


def standing() -> Brand:
    """The saved one, or how a new account begins: under its own name, in our colours."""
    return saved() or Brand(name=Account.objects.get().name[:200])


def look_of(found: Brand) -> dict[str, object]:
    """As a mail of blocks writes it."""
    given: dict[str, object] = {
        "name": found.name,
        "accent": found.accent,
        "ground": found.ground,
        "font": found.font,
        "logo_width": found.logo_width,
    }
    return given | ({"logo": address_of(found.logo)} if found.logo else {})


def for_rooms() -> port.Brand:
    """What core.brand tells."""
    found = standing()
    return port.Brand(
        name=found.name,
        logo=address_of(found.logo) if found.logo else "",
        logo_width=found.logo_width,
        accent=found.accent,
        on_accent=look.on(found.accent),
        words=look.readable(found.accent, look.SHEET),
        ground=found.ground,
        dark_sheet=look.DARK_SHEET,
        dark_ground=look.DARK_GROUND,
        dark_words=look.readable(found.accent, look.DARK_SHEET),
        font=stack(found.font),
    )
