"""Someone who reads pages without a browser."""

import re
from html import unescape
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
TAG = re.compile(r"<[^>]+>")


class Visitor:
    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def log_in(self, email: str, password: str) -> None:
        token = TOKEN.search(self.read("/inloggen/", as_text=False))
        assert token is not None
        form = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
        with self._opener.open(f"{self._base_url}/inloggen/", urlencode(form).encode(), timeout=60) as answer:
            assert answer.url == f"{self._base_url}/", f"not logged in, but led to {answer.url}"

    def read(self, path: str, *, as_text: bool = True) -> str:
        """The page; as text with blanks for its tags."""
        with self._opener.open(self._base_url + path, timeout=60) as answer:
            page: str = answer.read().decode()
        return " ".join(unescape(TAG.sub(" ", page)).split()) if as_text else page
