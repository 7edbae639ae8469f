"""A template as files: a source with its pictures, in a zip or alone. Pure, and on hostile input: whatever is opened
has a limit on bytes, files and depth, and nothing is written anywhere."""

import io
import json
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from mailexpert.base.webpage import Fetched
from mailexpert.content import problems
from mailexpert.content.problems import Problem, SourceError
from mailexpert.content.rules import KINDS, LARGEST_SOURCE

LARGEST = 20_000_000  # bytes of a zip
LARGEST_INSIDE = 40_000_000  # unpacked, all together
LARGEST_FILE = 5_000_000
MOST_FILES = 300
MOST_PICTURES = 60
PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp")
SOURCES = (".mjml", ".html", ".htm", ".txt")
FACTS, FOLDER = "sjabloon.json", "beelden"
ZIP = b"PK\x03\x04"
ATTRIBUTE = re.compile(
    r"""(\b(?:src|href|background|background-url|poster)\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""",
    re.IGNORECASE,
)
CSS_URL = re.compile(r"(url\(\s*[\"']?)([^\"')\s]+)([\"']?\s*\))", re.IGNORECASE)
OURS = re.compile(r"https?://[^\s\"'()<>\\]{1,200}/beeld/([-\w]{20,32})\.(jpg|png|gif)")
STAYS = ("#", "{", "data:", "cid:", "mailto:", "tel:", "sms:")
# The merge tags that others write, as our fields.
MERGED = {
    "*|FNAME|*": '{{ contact.first_name | default: "" }}',
    "*|LNAME|*": '{{ contact.last_name | default: "" }}',
    "*|EMAIL|*": "{{ contact.email }}",
    "*|UNSUB|*": "{{ unsubscribe_url }}",
    "{{ UnsubscribeURL }}": "{{ unsubscribe_url }}",
    "{{ Subscriber.FirstName }}": '{{ contact.first_name | default: "" }}',
    "{{ Subscriber.Email }}": "{{ contact.email }}",
    "{unsubscribe_url}": "{{ unsubscribe_url }}",
}


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """`pictures`: by their key, as `key` makes it of what the source names. `left_out`: a name, and why."""

    kind: str
    source: str
    name: str = ""
    subject: str = ""
    preheader: str = ""
    language: str = ""
    base: str = ""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    alts: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[Problem, ...] = ()

    def key(self, named: str) -> str:
        """What a source calls a picture, as one name."""
        if "://" in self.base:
            return urljoin(self.base, named.strip())
        path = unquote(named.strip().split("?")[0].split("#")[0])
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.base), path))


def of_file(data: bytes, filename: str) -> Bundle:
    """What an uploaded file holds. Raises SourceError."""
    if data.startswith(ZIP):
        return _of_zip(data, filename)
    return of_source(decoded(data), name=posixpath.basename(filename).rsplit(".", 1)[0])


def of_source(source: str, *, name: str = "", base: str = "") -> Bundle:
    """A source alone: pasted, of a file, or of a page. Raises SourceError."""
    kind = kind_of(source)
    _refuse_large(source)
    return Bundle(kind=kind, source=merged(source), name=name, base=base)


def kind_of(source: str) -> str:
    begin = source.lstrip("\ufeff \t\r\n")[:2000].lower()
    if "<mjml" in begin:
        return "mjml"
    if begin.startswith("{") and '"blocks"' in source:
        return "blocks"
    return "html" if re.search(r"<(?:!doctype|html|head|body|table|div|p|img|a)\b", begin) else "text"


def decoded(data: bytes) -> str:
    """In the letters that the file names, else UTF-8, else those of Windows."""
    if b"\0" in data[:1000]:
        raise SourceError(Problem(line=0, sentence=problems.BUNDLE_NO_SOURCE))
    text = Fetched(url="", kind="", data=data).text
    return data.decode("cp1252", "replace") if "\ufffd" in text else text


def merged(source: str) -> str:
    for theirs, ours in MERGED.items():
        source = source.replace(theirs, ours)
    return source


def _refuse_large(source: str) -> None:
    size = len(source.encode(errors="replace"))
    if size > LARGEST_SOURCE:
        values = {"size": size // 1000, "limit": LARGEST_SOURCE // 1000}
        raise SourceError(Problem(line=0, sentence=problems.TOO_LARGE, values=values))


def _of_zip(data: bytes, filename: str) -> Bundle:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files, left_out = _unpacked(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
    ) as bad:
        if isinstance(bad, SourceError):
            raise
        raise SourceError(Problem(line=0, sentence=problems.BUNDLE_BROKEN)) from bad
    facts = _facts(files.pop(FACTS, b""))
    base = _source_name(files, str(facts.get("source", "")))
    found = of_source(decoded(files[base]))
    given = {name: _line(facts.get(name)) for name in ("name", "subject", "preheader", "language")}
    given["name"] = given["name"] or posixpath.basename(filename).rsplit(".", 1)[0]
    kind = str(facts.get("kind")) if facts.get("kind") in KINDS else found.kind
    told = facts.get("alts")
    alts: dict[str, object] = told if isinstance(told, dict) else {}
    return Bundle(
        kind=kind,
        source=found.source,
        base=base,
        pictures={path: body for path, body in files.items() if path.lower().endswith(PICTURES)},
        alts={str(path): _line(alt) for path, alt in alts.items()},
        left_out=tuple(left_out),
        **given,
    )


def _unpacked(archive: zipfile.ZipFile) -> tuple[dict[str, bytes], list[Problem]]:
    """Sources and pictures. Sizes are counted while unpacking: what a zip says of itself may be a lie."""
    entries = [info for info in archive.infolist() if not info.is_dir()]
    if len(entries) > MOST_FILES:
        raise SourceError(Problem(line=0, sentence=problems.BUNDLE_MANY, values={"limit": MOST_FILES}))
    files: dict[str, bytes] = {}
    left_out: list[Problem] = []
    room = LARGEST_INSIDE
    for info in entries:
        path = posixpath.normpath(info.filename.replace("\\", "/")).lstrip("/")
        if "__MACOSX" in path or posixpath.basename(path).startswith("."):
            continue
        if not path.lower().endswith((*PICTURES, *SOURCES, ".json")) or path.startswith(".."):
            left_out.append(_left(problems.BUNDLE_STRANGE, path))
            continue
        with archive.open(info) as file:
            body = file.read(min(room, LARGEST_FILE) + 1)
        room -= len(body)
        if room < 0:
            values = {"limit": LARGEST_INSIDE // 1_000_000}
            raise SourceError(Problem(line=0, sentence=problems.BUNDLE_BOMB, values=values))
        if len(body) > LARGEST_FILE:
            left_out.append(_left(problems.BUNDLE_FILE_LARGE, path))
        elif body.startswith(ZIP):
            left_out.append(_left(problems.BUNDLE_NESTED, path))
        else:
            files[path] = body
    return files, left_out


def _left(sentence: str, path: str) -> Problem:
    return Problem(line=0, sentence=sentence, values={"name": posixpath.basename(path)[:100]})


def _facts(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _line(value: object) -> str:
    return " ".join(value.split())[:400] if isinstance(value, str) else ""


def _source_name(files: Mapping[str, bytes], told: str) -> str:
    """What the zip says, else MJML before HTML, an index before the rest, the least deep, the largest."""
    if told in files:
        return told
    order = {ending: rank for rank, ending in enumerate(SOURCES)}

    def rank(path: str) -> tuple[int, bool, int, int]:
        name = posixpath.basename(path).lower()
        return (
            order["." + name.rsplit(".", 1)[1]],
            not name.startswith("index."),
            path.count("/"),
            -len(files[path]),
        )

    found = sorted((path for path in files if path.lower().endswith(SOURCES)), key=rank)
    if not found:
        raise SourceError(Problem(line=0, sentence=problems.BUNDLE_NO_SOURCE))
    return found[0]


def named(bundle: Bundle) -> dict[str, str | None]:
    """The pictures that a source names, each key with its description there: empty is decoration (HTML's own rule; a
    background always is), None where nobody said anything."""
    found: dict[str, str | None] = {}
    if bundle.kind == "blocks":
        for path, alt in _of_blocks(bundle.source):
            found[bundle.key(path)] = found.get(bundle.key(path)) or alt
        return found
    for node in LexborHTMLParser(bundle.source).css("img, mj-image"):
        source = node.attributes.get("src") or ""
        if source and not source.startswith(STAYS):
            key = bundle.key(source)
            found[key] = found.get(key) or _alt(node.attributes)
    others = [_value(hit) for hit in ATTRIBUTE.finditer(bundle.source)]
    others += [hit[2] for hit in CSS_URL.finditer(bundle.source)]
    for one in others:
        path = urlsplit(one).path.lower() if not one.startswith(STAYS) else ""
        if path.endswith((*PICTURES, ".svg")):
            found.setdefault(bundle.key(one), "")
    return found


def _alt(attributes: Mapping[str, str | None]) -> str | None:
    return " ".join((attributes["alt"] or "").split()) if "alt" in attributes else None


def _of_blocks(source: str) -> Iterator[tuple[str, str | None]]:
    """A logo is read aloud as the name beside it."""
    for values in _objects(_facts(source.encode())):
        for name, words in (("src", "alt"), ("logo", "name")):
            if isinstance(values.get(name), str) and values[name] and not values[name].startswith(STAYS):
                alt = _line(values.get(words))
                yield values[name], "" if values.get("decorative") else alt or None


def _objects(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 20:
        return
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _objects(one, depth + 1)


def placed(bundle: Bundle, addresses: Mapping[str, str]) -> str:
    """The source with each picture at its new address, and what a page names beside itself written in full."""

    def at(name: str) -> str:
        if not name or name.startswith(STAYS):
            return name
        key = bundle.key(name)
        return addresses.get(key, key if "://" in bundle.base else name)

    if bundle.kind == "blocks":
        mail = _facts(bundle.source.encode())
        for values in _objects(mail):
            for name in ("src", "logo"):
                if isinstance(values.get(name), str):
                    values[name] = at(values[name])
        return json.dumps(mail, ensure_ascii=False)
    if bundle.kind == "text":
        return bundle.source
    source = ATTRIBUTE.sub(lambda hit: _with_value(hit, at(_value(hit))), bundle.source)
    return CSS_URL.sub(lambda hit: f"{hit[1]}{at(hit[2])}{hit[3]}", source)


def _value(hit: re.Match[str]) -> str:
    return hit[2] or hit[3] or hit[4] or ""


def _with_value(hit: re.Match[str], value: str) -> str:
    """The attribute with another value; what stood without quotes gets them."""
    quote = "'" if hit[3] is not None else '"'
    return hit[0] if value == _value(hit) else f"{hit[1]}{quote}{value}{quote}"


def packed(bundle: Bundle, pictures: Mapping[str, bytes], made: Mapping[str, str]) -> bytes:
    """A zip that `of_file` reads back: the source, its pictures by their path in it, and both parts of the mail."""
    ending = {"blocks": "json", "mjml": "mjml", "html": "html", "text": "txt"}[bundle.kind]
    facts = {"source": f"bron.{ending}", "alts": dict(bundle.alts), "format": 1} | {
        name: getattr(bundle, name) for name in ("name", "kind", "subject", "preheader", "language")
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(FACTS, json.dumps(facts, ensure_ascii=False, indent=1))
        archive.writestr(f"bron.{ending}", bundle.source)
        for name, text in made.items():
            archive.writestr(f"gemaakt/{name}", text)
        for path, body in pictures.items():
            archive.writestr(zipfile.ZipInfo(path), body)
    return out.getvalue()
