"""Templates from elsewhere, and ours to take along. Scanned before anything is opened; all is kept, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import transaction

from mailexpert.accounts.actions_package import room_for
from mailexpert.base import antivirus, env, webpage
from mailexpert.content import actions, actions_images, problems, rules_bundle
from mailexpert.content.models import Image, Template
from mailexpert.content.problems import Problem, SourceError
from mailexpert.content.rights import new_code
from mailexpert.content.rules import compile_source, washed
from mailexpert.content.rules_bundle import MOST_PICTURES, Bundle
from mailexpert.content.rules_image import NoPicture, Picture, TooLarge, clean
from mailexpert.content.rules_site import sheets
from mailexpert.content.values import Draft

PATIENCE = 20.0  # seconds for a page's pictures together


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked of an import beside the source itself."""

    name: str = ""
    folder: str = ""
    language: str = "nl"
    may_code: bool = False


@dataclass(frozen=True, kw_only=True)
class Imported:
    """`undescribed`: pictures of which nobody said yet what is to be seen. `told`: what was left out, and why."""

    template: Template
    pictures: int
    undescribed: int
    told: tuple[Problem, ...]


def import_file(data: bytes, filename: str, wanted: Wanted) -> Imported:
    """Raises SourceError, what antivirus.scan raises, and actions_images.NoRoom; then nothing is kept."""
    if len(data) > rules_bundle.LARGEST:
        raise SourceError(Problem(line=0, sentence=problems.BUNDLE_BOMB, values={"limit": 20}))
    scan = antivirus.scan([data], env.load())
    return _keep(rules_bundle.of_file(data, filename), wanted, scanned=scan.scanned)


def import_source(source: str, wanted: Wanted) -> Imported:
    scan = antivirus.scan([source.encode(errors="replace")], env.load())
    return _keep(rules_bundle.of_source(source), wanted, scanned=scan.scanned)


def import_page(address: str, wanted: Wanted) -> Imported:
    """A page with its pictures, so that readers fetch nothing from its server. Raises webpage.NotFetched too."""
    page = webpage.fetch(address)
    scan = antivirus.scan([page.data], env.load())
    bundle = rules_bundle.of_source(page.text, base=page.url)
    if bundle.kind == "html":
        bundle = replace(bundle, source=_with_sheets(bundle.source, page.url))
    asked = [key for key in rules_bundle.named(bundle) if key.startswith(("http://", "https://"))]
    come = webpage.fetch_all(asked[:MOST_PICTURES], PATIENCE)
    bundle = replace(bundle, pictures={key: found.data for key, found in come.items()})
    for found in come.values():
        antivirus.scan([found.data], env.load())
    return _keep(bundle, wanted, scanned=scan.scanned)


def _with_sheets(source: str, base: str) -> str:
    """A page's style sheets into its head, since no mail program fetches them."""
    found = webpage.fetch_all(sheets(source, base), PATIENCE, largest=webpage.LARGEST_PAGE)
    for sheet in found.values():
        antivirus.scan([sheet.data], env.load())
    css = "\n".join(sheet.text.replace("</", "") for sheet in found.values())
    at = source.lower().find("</head>")
    return f"{source[:at]}<style>{css}</style>{source[at:]}" if css and at >= 0 else source


def _keep(bundle: Bundle, wanted: Wanted, *, scanned: bool) -> Imported:
    """First everything is read and judged, then everything is kept."""
    if not wanted.may_code and bundle.kind == "blocks" and new_code("", bundle.source):
        raise SourceError(Problem(line=0, sentence=problems.BUNDLE_CODE))
    language = bundle.language if bundle.language in ("nl", "en") else wanted.language
    compiled = compile_source(bundle.kind, bundle.source, language=language)
    told = [*bundle.left_out, *compiled.removed]
    names = rules_bundle.named(bundle)
    pictures = _pictures(bundle, names, told)
    if not room_for("images", sum(len(picture.data) for picture in pictures.values())):
        raise actions_images.NoRoom(actions_images.NoRoom.__doc__)
    if bundle.kind == "html" and compiled.removed:
        bundle = replace(bundle, source=washed(bundle.source, language))
    with transaction.atomic():
        kept = {
            key: actions_images.keep_clean(
                picture, name=key.rsplit("/", 1)[-1], alt=bundle.alts.get(key, names[key]), scanned=scanned
            )
            for key, picture in pictures.items()
        }
        template = _template(bundle, wanted, language, kept)
    waiting = sum(not image.is_described for image in kept.values())
    return Imported(template=template, pictures=len(kept), undescribed=waiting, told=tuple(told))


def _pictures(bundle: Bundle, names: Mapping[str, str | None], told: list[Problem]) -> dict[str, Picture]:
    """What the source shows and what came along, cleaned; the rest is named."""
    found: dict[str, Picture] = {}
    for key in names:
        body, name = bundle.pictures.get(key), key.rsplit("/", 1)[-1][:100]
        if body is None:
            if not key.startswith(("http://", "https://")) or "://" in bundle.base:
                told.append(Problem(line=0, sentence=problems.BUNDLE_PICTURE_GONE, values={"name": name}))
            continue
        if len(found) >= MOST_PICTURES:
            values = {"limit": MOST_PICTURES}
            told.append(Problem(line=0, sentence=problems.BUNDLE_MOST_PICTURES, values=values))
            break
        try:
            found[key] = clean(body)
        except (NoPicture, TooLarge):
            told.append(Problem(line=0, sentence=problems.BUNDLE_NO_PICTURE, values={"name": name}))
    return found


def _template(bundle: Bundle, wanted: Wanted, language: str, kept: Mapping[str, Image]) -> Template:
    addresses = {key: actions_images.address_of(image) for key, image in kept.items()}
    draft = Draft(
        kind=bundle.kind,
        source=rules_bundle.placed(bundle, addresses),
        subject=bundle.subject,
        preheader=bundle.preheader,
        language=language,
    )
    name = wanted.name or bundle.name or bundle.base.partition("://")[2]
    return actions.make_template(name=name[:200] or "Mail", draft=draft, folder=wanted.folder)


def export(template: Template) -> bytes:
    """A zip with the source, its pictures and both parts of the mail; `import_file` reads it back."""
    tokens = {hit[1]: hit for hit in rules_bundle.OURS.finditer(template.source)}
    images = {image.token: image for image in Image.objects.filter(token__in=list(tokens))}
    paths = {token: f"{rules_bundle.FOLDER}/{token}.{image.kind}" for token, image in images.items()}
    source = rules_bundle.OURS.sub(lambda hit: paths.get(hit[1], hit[0]), template.source)
    bundle = Bundle(
        kind=template.kind,
        source=source,
        name=template.name,
        subject=template.subject,
        preheader=template.preheader,
        language=template.language,
        alts={paths[token]: image.alt for token, image in images.items() if image.is_described},
    )
    bodies = {paths[token]: actions_images.bytes_of(image) for token, image in images.items()}
    return rules_bundle.packed(bundle, bodies, _made(template))


def _made(template: Template) -> dict[str, str]:
    try:
        made = compile_source(
            template.kind, template.source, title=template.subject, language=template.language,
            preheader=template.preheader,
        )  # fmt: skip
    except SourceError:
        return {}
    return {"mail.html": made.html, "mail.txt": made.text}
