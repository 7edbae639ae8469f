"""Does a page that an account links to exist? Asks its server once, on the address that was checked (base.outbound)."""

import http.client
import socket
import ssl
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from mailexpert.base import outbound

TIMEOUT = 5.0  # seconds for one answer
MOST_STEPS = 5  # redirects
AT_ONCE = 8
AGENT = "MailExpert link check"
NO_HEAD = frozenset((400, 403, 405, 501))  # servers that mean "ask me with GET"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`status` 0: no answer, and `why`. `final` is where redirects led."""

    status: int
    final: str = ""
    why: str = ""

    @property
    def is_gone(self) -> bool:
        return self.status in (404, 410)


def look(url: str, resolver: outbound.Resolver = outbound.resolve) -> Answer:
    """Follow a link to its end. Never raises."""
    at = url
    for _step in range(MOST_STEPS):
        try:
            status, location = _ask(at, resolver)
        except outbound.Refused:
            return Answer(status=0, final=at, why="private")
        except outbound.Unknown:
            return Answer(status=0, final=at, why="unknown")
        except ssl.SSLError:
            return Answer(status=0, final=at, why="certificate")
        except (OSError, ValueError, http.client.HTTPException):
            return Answer(status=0, final=at, why="silent")
        if status not in (301, 302, 303, 307, 308) or not location:
            return Answer(status=status, final=at)
        at = urljoin(at, location)
    return Answer(status=0, final=at, why="circles")


def look_all(
    urls: Iterable[str], seconds: float, resolver: outbound.Resolver = outbound.resolve
) -> dict[str, Answer]:
    """Several at once; what isn't there in time has no answer here."""
    pool = ThreadPoolExecutor(max_workers=AT_ONCE)
    asked = {pool.submit(look, url, resolver): url for url in dict.fromkeys(urls)}
    done, _late = wait(asked, timeout=seconds)
    pool.shutdown(wait=False, cancel_futures=True)
    return {asked[one]: one.result() for one in done}


def _ask(url: str, resolver: outbound.Resolver) -> tuple[int, str]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(url)
    status, location = _once("HEAD", parts, resolver)
    return _once("GET", parts, resolver) if status in NO_HEAD else (status, location)


def _once(method: str, parts: SplitResult, resolver: outbound.Resolver) -> tuple[int, str]:
    with asked(method, parts, resolver) as answer:
        return answer.status, answer.getheader("Location") or ""


@contextmanager
def asked(
    method: str, parts: SplitResult, resolver: outbound.Resolver, agent: str = AGENT
) -> Iterator[http.client.HTTPResponse]:
    """One question to the address that was checked; the caller reads as much of the answer as it wants."""
    name = parts.hostname or ""
    host = name if name.isascii() else name.encode("idna").decode()
    is_safe = parts.scheme == "https"
    where = outbound.target(host, parts.port or (443 if is_safe else 80), resolver)
    line = socket.create_connection((where.address, where.port), timeout=TIMEOUT)
    try:
        if is_safe:
            line = ssl.create_default_context().wrap_socket(line, server_hostname=where.host)
        asking = http.client.HTTPConnection(where.host, where.port, timeout=TIMEOUT)
        asking.sock = line
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        asking.request(method, path, headers={"User-Agent": agent, "Accept": "*/*", "Connection": "close"})
        with asking.getresponse() as answer:
            yield answer
    finally:
        line.close()
