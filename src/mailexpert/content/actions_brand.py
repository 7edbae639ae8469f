"""The account's brand: saved, read from its site, put on its templates."""

import base64
import json
import time
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from mailexpert.accounts.models import Account
from mailexpert.base import antivirus, env, webpage
from mailexpert.content import (
    actions,
    actions_images,
    dress,
    queries_brand,
    rules_brand,
    rules_image,
    rules_site,
    store,
)
from mailexpert.content.blocks import look
from mailexpert.content.models import Brand, Image, Template
from mailexpert.content.rules_site import Proposal

PATIENCE = 15.0  # seconds for page, style sheets and logos together
MOST_TEMPLATES = 500
LOGO_ENOUGH = 0.5  # of what is drawn
REFUSED = (
    rules_image.NoPicture,
    rules_image.TooLarge,
    antivirus.Infected,
    antivirus.ScannerDown,
    antivirus.ScannerMissing,
    actions_images.NoRoom,
    webpage.NotFetched,
)


@dataclass(frozen=True, kw_only=True)
class Logo:
    """`shown`: the picture itself, small, so that looking at it asks nobody."""

    url: str
    shown: str


@dataclass(frozen=True, kw_only=True)
class SiteRead:
    site: str
    proposal: Proposal
    logos: tuple[Logo, ...]


@transaction.atomic
def save(**values: Any) -> Brand:
    """`values`: columns of Brand. Two at once wait for each other, so that there is one."""
    Account.objects.select_for_update().get()
    made, _is_new = Brand.objects.update_or_create(defaults=values)
    return made


def read_site(address: str) -> SiteRead:
    """What a site offers to choose from; nothing is kept. Raises webpage.NotFetched and what antivirus.scan raises."""
    end = time.monotonic() + PATIENCE
    page = webpage.fetch(with_scheme(address))
    antivirus.scan([page.data], env.load())
    sheets = webpage.fetch_all(
        rules_site.sheets(page.text, page.url), end - time.monotonic(), largest=webpage.LARGEST_PAGE
    )
    css = [sheet.text for sheet in sheets.values() if _is_clean(sheet.data)]
    proposal = rules_site.read(page.text, css, page.url)
    pictures = webpage.fetch_all(
        proposal.logos, max(1.0, end - time.monotonic()), largest=rules_image.LARGEST
    )
    logos = [_logo(url, pictures[url].data) for url in proposal.logos if url in pictures]
    return SiteRead(site=page.url, proposal=proposal, logos=tuple(one for one in logos if one is not None))


def with_scheme(address: str) -> str:
    """As people write it: without https:// in front."""
    return address if urlsplit(address).scheme and "://" in address else f"https://{address}"


def keep_logo(url: str, *, name: str) -> Image:
    """A logo from the site into the library. Raises what is in REFUSED."""
    found = webpage.fetch(url, largest=rules_image.LARGEST)
    return actions_images.keep_image(found.data, name=f"Logo {name}".strip(), alt=name)


@dataclass(frozen=True, kw_only=True)
class LogoSeen:
    """Whether a logo can be told from the sheet that it lies on."""

    ground: str
    sentence: str
    is_seen: bool


def logo_seen(logo: Image) -> list[LogoSeen]:
    """By day and in dark mode; nothing where its file can't be looked at now."""
    grounds = ((look.SHEET, rules_brand.LOGO_BY_DAY), (look.DARK_SHEET, rules_brand.LOGO_IN_THE_DARK))
    try:
        data = actions_images.bytes_of(logo)
        return [
            LogoSeen(
                ground=ground, sentence=sentence, is_seen=rules_image.seen_on(data, ground) >= LOGO_ENOUGH
            )
            for ground, sentence in grounds
        ]
    except (store.StoreDown, store.Gone, OSError):
        return []


def outdated(found: Brand) -> list[Template]:
    """Templates of blocks that look otherwise than the brand says."""
    rows = Template.objects.filter(kind=Template.Kind.BLOCKS).order_by("name", "id")[:MOST_TEMPLATES]
    return [row for row in rows if not dress.wears(row.source, found)]


@transaction.atomic
def dress_all(*, by: int) -> int:
    """Every template of blocks into the brand; how each stood is kept as its earlier version."""
    found = queries_brand.saved()
    if found is None:
        return 0
    language = Account.objects.get().language
    changed = outdated(found)
    for template in changed:
        mail = json.loads(template.source)
        dress.put_on(mail, found, speaks=template.language == language)
        draft = replace(actions.draft_of(template), source=json.dumps(mail, ensure_ascii=False))
        actions.change_template(template.pk, version=template.version, name=template.name, draft=draft, by=by)
    return len(changed)


def _is_clean(data: bytes) -> bool:
    try:
        antivirus.scan([data], env.load())
    except antivirus.Infected:
        return False
    return True


def _logo(url: str, data: bytes) -> Logo | None:
    """Scanned before it is opened; what is no picture is no logo."""
    try:
        antivirus.scan([data], env.load())
        made = rules_image.small(rules_image.clean(data))
    except (antivirus.Infected, rules_image.NoPicture, rules_image.TooLarge):
        return None
    return Logo(url=url, shown=f"data:image/png;base64,{base64.b64encode(made).decode()}")
