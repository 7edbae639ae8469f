"""The address that attempts are counted by can't be chosen by who attempts."""

import pytest
from django.test import RequestFactory

from mailexpert.accounts.client import client_ip


@pytest.mark.parametrize(
    ("behind_tls", "near", "forwarded", "counted"),
    [
        (False, "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (True, "8.8.8.8", "198.51.100.1", "8.8.8.8"),
        (True, "127.0.0.1", "198.51.100.1", "198.51.100.1"),
        (True, "10.0.0.2", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        (True, "10.0.0.2", "1.1.1.1, niets", "10.0.0.2"),
        (True, "10.0.0.2", "", "10.0.0.2"),
        (True, "", "198.51.100.1", "198.51.100.1"),
    ],
)
def test_only_the_entry_of_our_own_proxy_counts(
    settings: object, behind_tls: bool, near: str, forwarded: str, counted: str
) -> None:
    settings.SESSION_COOKIE_SECURE = behind_tls
    request = RequestFactory().get("/", REMOTE_ADDR=near, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_ip(request) == counted
