"""Links are asked for on the address that was checked; redirects are followed, private hosts refused."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from mailexpert.base import outbound, weblink


class Pages(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        known = {"/": 200, "/gone": 410, "/missing": 404, "/get-only": 405, "/round": 302, "/moved": 301}
        self.send_response(known.get(self.path.split("?")[0], 404))
        if self.path in ("/round", "/moved"):
            self.send_header("Location", "/round" if self.path == "/round" else "/gone")
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr(outbound, "is_public", lambda _address: True)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/gone", 410), ("/missing", 404), ("/get-only", 200), ("/moved", 410)],
)
def test_a_link_is_followed_to_its_end(site: str, path: str, status: int) -> None:
    assert weblink.look(site + path).status == status


def test_a_link_in_circles_has_no_answer(site: str) -> None:
    assert weblink.look(site + "/round").why == "circles"


@pytest.mark.parametrize(
    ("url", "why"),
    [("http://127.0.0.1/", "private"), ("http://10.0.0.1/", "private"), ("http://x.invalid/", "unknown")],
)
def test_a_host_that_isn_t_public_or_not_there_is_named_so(url: str, why: str) -> None:
    def resolver(host: str, _port: int) -> list[str]:
        return [] if host.endswith(".invalid") else [host]

    assert weblink.look(url, resolver).why == why


@pytest.mark.parametrize("url", ["ftp://x.nl/", "http://", "http://[", "http://x.nl:99999/"])
def test_what_is_no_web_address_has_no_answer(url: str) -> None:
    assert weblink.look(url, lambda _h, _p: ["93.184.216.34"]).status == 0


def test_several_are_asked_at_once_and_the_slow_ones_left_out(site: str) -> None:
    found = weblink.look_all([f"{site}/", f"{site}/gone", f"{site}/"], 5)
    assert {url.rsplit("/", 1)[1]: answer.status for url, answer in found.items()} == {"": 200, "gone": 410}
