"""A page or picture from an address that an account named: fetched on the address that was checked (base.outbound),
never from a private one, with a limit on bytes, steps and time. Nothing of it is run."""

import http.client
import re
import ssl
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from mailexpert.base import outbound, weblink

LARGEST_PAGE, LARGEST_FILE = 2_000_000, 5_000_000
PATIENCE = 10.0  # seconds for one file
AT_ONCE = 6
PIECE = 64 * 1024
AGENT = "MailExpert"
CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)


class NotFetched(Exception):
    """`why`: private, unknown, certificate, silent, circles, status, large, slow or address."""

    def __init__(self, why: str, status: int = 0) -> None:
        super().__init__(why)
        self.why, self.status = why, status


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """`url` is where redirects led."""

    url: str
    kind: str
    data: bytes

    @property
    def text(self) -> str:
        named = CHARSET.search(self.kind.encode()) or CHARSET.search(self.data[:2048])
        for name in (named[1].decode("ascii", "replace") if named else "utf-8", "utf-8"):
            try:
                return self.data.decode(name)
            except (LookupError, UnicodeDecodeError):
                continue
        return self.data.decode("utf-8", "replace")


def fetch(url: str, *, largest: int = LARGEST_PAGE, resolver: outbound.Resolver | None = None) -> Fetched:
    """Follow an address to its end. Raises NotFetched."""
    at, end = url, time.monotonic() + PATIENCE
    try:
        for _step in range(weblink.MOST_STEPS):
            moved, found = _step_to(at, largest, end, resolver or outbound.resolve)
            if found is not None:
                return found
            at = urljoin(at, moved)
    except outbound.Refused as problem:
        raise NotFetched("private") from problem
    except outbound.Unknown as problem:
        raise NotFetched("unknown") from problem
    except ssl.SSLError as problem:
        raise NotFetched("certificate") from problem
    except UnicodeError as problem:
        raise NotFetched("address") from problem
    except (OSError, ValueError, http.client.HTTPException) as problem:
        raise NotFetched("silent") from problem
    raise NotFetched("circles")


def fetch_all(urls: Iterable[str], seconds: float, *, largest: int = LARGEST_FILE) -> dict[str, Fetched]:
    """Several at once; what isn't there in time, or at all, is left out."""
    pool = ThreadPoolExecutor(max_workers=AT_ONCE)
    asked = {pool.submit(fetch, url, largest=largest): url for url in dict.fromkeys(urls)}
    done, _late = wait(asked, timeout=seconds)
    pool.shutdown(wait=False, cancel_futures=True)
    return {asked[one]: one.result() for one in done if one.exception() is None}


def _step_to(at: str, largest: int, end: float, resolver: outbound.Resolver) -> tuple[str, Fetched | None]:
    parts = urlsplit(at)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotFetched("address")
    with weblink.asked("GET", parts, resolver, AGENT) as answer:
        moved = answer.getheader("Location") or ""
        if answer.status in (301, 302, 303, 307, 308) and moved:
            return moved, None
        if answer.status >= 400:
            raise NotFetched("status", answer.status)
        kind = answer.getheader("Content-Type") or ""
        return "", Fetched(url=at, kind=kind, data=_read(answer, largest, end))


def _read(answer: http.client.HTTPResponse, largest: int, end: float) -> bytes:
    """A server may send forever, or a byte a second: both end here."""
    data = bytearray()
    while piece := answer.read1(PIECE):
        data += piece
        if len(data) > largest:
            raise NotFetched("large")
        if time.monotonic() > end:
            raise NotFetched("slow")
    return bytes(data)
