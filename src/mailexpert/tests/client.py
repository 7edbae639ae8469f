"""The API as a story uses it."""

import json
import uuid
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

SUM = "waiting", "deferred", "sent", "skipped", "failed", "in_doubt"


class Api:
    def __init__(self, base_url: str, token: str) -> None:
        self._place = urlsplit(base_url).netloc
        self._token = token

    def get(self, path: str, **query: Any) -> Any:
        return self._ask("GET", f"{path}?{urlencode(query)}" if query else path)

    def post(self, path: str, document: Any = None) -> Any:
        return self._ask("POST", path, json.dumps(document or {}).encode(), "application/json")

    def upload(self, path: str, file: bytes, **fields: Any) -> Any:
        mark = uuid.uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        opening = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="people.csv"\r\n\r\n'
        body = b"".join([*parts, opening.encode(), file, f"\r\n--{mark}--\r\n".encode()])
        return self._ask("POST", path, body, f"multipart/form-data; boundary={mark}")

    def mailing(self, number: int) -> Any:
        """A mailing whose sum was looked after: every person is accounted for at every moment."""
        found = self.get(f"/mailings/{number}")
        counts = found["counts"]
        assert counts["planned"] == sum(counts[term] for term in SUM), counts
        return found

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self._token}", **({"Content-Type": kind} if kind else {})}
        connection = HTTPConnection(self._place, timeout=60)
        connection.request(method, f"/api/v1{path}", body, headers)
        answer = connection.getresponse()
        told = answer.read()
        connection.close()
        assert answer.status < 400, f"{method} {path}: {answer.status} {told.decode()}"
        return json.loads(told)
