"""A store that speaks as much of S3 as pictures need, in this process; and one that misbehaves when told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Peer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.kept: dict[str, bytes] = {}
        self.signed: list[str] = []
        self.is_down = False

    @property
    def address(self) -> str:
        return f"s3://sleutel:geheim@127.0.0.1:{self.server_port}/bak/map?tls=off"

    def handle_error(self, *_given: object) -> None:
        pass


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Peer

    def _say(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"x"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _key(self) -> str:
        self.server.signed.append(self.headers.get("Authorization", ""))
        return self.path.partition("?")[0]

    def do_PUT(self) -> None:
        key, body = self._key(), self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.server.is_down:
            return self._say(503)
        self.server.kept[key] = body
        return self._say(200)

    def do_GET(self) -> None:
        body = self.server.kept.get(self._key())
        if self.server.is_down:
            return self._say(503)
        return self._say(404 if body is None else 200, body or b"")

    do_HEAD = do_GET

    def do_DELETE(self) -> None:
        self.server.kept.pop(self._key(), None)
        self._say(204)

    def log_message(self, *_given: object) -> None:
        pass


@contextmanager
def running() -> Iterator[Peer]:
    peer = Peer()
    thread = threading.Thread(target=peer.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        peer.shutdown()
        peer.server_close()
        thread.join()
