import pytest

from mailexpert.web.catcher.rules import is_this_machine, visible


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "[::1]"])
def test_a_request_from_here_by_its_own_name_is_from_this_machine(host: str) -> None:
    assert is_this_machine("127.0.0.1", host, is_forwarded=False)


@pytest.mark.parametrize(
    ("remote", "host", "is_forwarded"),
    [
        ("192.0.2.7", "localhost", False),
        ("127.0.0.1", "localhost", True),
        ("127.0.0.1", "evil.example", False),
        ("127.0.0.1", "localhost.evil.example", False),
        ("127.0.0.1", "", False),
        ("", "localhost", False),
    ],
)
def test_a_request_from_elsewhere_by_proxy_or_by_a_foreign_name_is_not(
    remote: str, host: str, is_forwarded: bool
) -> None:
    assert not is_this_machine(remote, host, is_forwarded=is_forwarded)


@pytest.mark.parametrize(
    ("account_id", "here", "nothing"),
    [(None, False, True), (None, True, False), (7, False, False), (7, True, False)],
)
def test_only_a_visitor_from_elsewhere_sees_nothing(
    account_id: int | None, here: bool, nothing: bool
) -> None:
    assert visible(account_id=account_id, on_this_machine=here).is_nothing is nothing
