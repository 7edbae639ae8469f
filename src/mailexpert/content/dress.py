"""A shipped mail in the clothes of the account that takes it, and an own template put into them later."""

import json
from typing import Any

from mailexpert.accounts.models import Account
from mailexpert.content.blocks import look as colours
from mailexpert.content.models import Brand
from mailexpert.content.queries_brand import for_rooms, look_of, saved

# The colours and the font in which our own MJML is written.
OURS = {"accent": "#0f5c5c", "ground": "#f3f4f1", "dark": "#8fd8d2", "quiet": "#4b5563"}
OUR_FONT = "Arial, Helvetica, sans-serif"


def dressed(kind: str, source: str, language: str = "") -> str:
    """In the account's brand; without one under its name, where the mail names nobody yet."""
    found = saved()
    if kind == "mjml":
        return _recoloured(source) if found else source
    if kind != "blocks":
        return source
    mail = json.loads(source)
    account = Account.objects.get()
    look = mail.setdefault("look", {})
    if found is not None:
        put_on(mail, found, speaks=language in ("", account.language))
    elif not look.get("name") and not look.get("logo"):
        look["name"] = account.name[:200]
    return json.dumps(mail, ensure_ascii=False)


def put_on(mail: dict[str, Any], found: Brand, *, speaks: bool = True) -> None:
    """`speaks`: the mail is in the account's language, in which the brand says why readers get it."""
    mail["look"] = {**mail.get("look", {}), **look_of(found)}
    if found.logo is None:
        mail["look"].pop("logo", None)
    if speaks and found.reason and not mail.get("reason"):
        mail["reason"] = found.reason


def wears(source: str, found: Brand) -> bool:
    """Whether a mail of blocks looks as the brand says. What can't be read isn't dressed either."""
    try:
        look = json.loads(source).get("look", {})
    except (ValueError, AttributeError):
        return True
    wanted = look_of(found)
    return all(look.get(name) == value for name, value in wanted.items()) and bool(look.get("logo")) == bool(
        found.logo
    )


def _recoloured(source: str) -> str:
    brand = for_rooms()
    for ours, theirs in (
        (OURS["accent"], brand.words),
        (OURS["ground"], brand.ground),
        (OURS["dark"], brand.dark_words),
        (OURS["quiet"], colours.readable(OURS["quiet"], brand.ground)),
        (OUR_FONT, brand.font.replace("'", "")),
    ):
        source = source.replace(ours, theirs)
    return source
