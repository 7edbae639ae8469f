"""Pages that an account names come from the address that was checked, within limits of bytes, steps and time."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mailexpert.base import outbound, webpage
from mailexpert.base.webpage import NotFetched

ENDLESS = 3_000_000


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path in ("/moved", "/round", "/inside"):
            self.send_response(302)
            self.send_header(
                "Location", {"/moved": "/", "/round": "/round"}.get(self.path, "http://10.0.0.1/")
            )
            self.end_headers()
            return
        self.send_response(200 if self.path in ("/", "/large") else 404)
        self.send_header("Content-Type", "text/html; charset=iso-8859-1")
        self.end_headers()
        self.wfile.write("<p>Één pagina</p>".encode("latin-1") if self.path == "/" else b"x" * ENDLESS)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    monkeypatch.setattr(outbound, "is_public", lambda address: address == "127.0.0.1")
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_page_is_read_in_its_own_letters_where_redirects_lead(site: str) -> None:
    found = webpage.fetch(site + "/moved")
    assert (found.text, found.url) == ("<p>Één pagina</p>", site + "/")


@pytest.mark.parametrize(
    ("path", "why"),
    [("/round", "circles"), ("/gone", "status"), ("/large", "large"), ("/inside", "private")],
)
def test_what_can_t_be_fetched_says_why(site: str, path: str, why: str) -> None:
    with pytest.raises(NotFetched) as refused:
        webpage.fetch(site + path)
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1/", "private"),
        ("http://169.254.169.254/latest/meta-data/", "private"),
        ("http://[::1]/", "private"),
        ("file:///etc/passwd", "address"),
        ("ftp://x.nl/", "address"),
        ("http://", "address"),
    ],
)
def test_nothing_inside_is_fetched(url: str, why: str) -> None:
    with pytest.raises(NotFetched) as refused:
        webpage.fetch(url, resolver=lambda host, _port: [host])
    assert refused.value.why == why


def test_several_come_at_once_and_what_fails_is_left_out(site: str) -> None:
    assert set(webpage.fetch_all([site + "/", site + "/gone"], 5)) == {site + "/"}
