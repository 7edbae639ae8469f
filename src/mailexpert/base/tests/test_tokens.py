import json

import pytest

from mailexpert.base import tokens
from mailexpert.base.tokens import Grant, NoToken, access_token

FRESH = Grant(url="https://login.example/token", client_id="me", client_secret="s", refresh_token="r")


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    tokens._kept.clear()


def test_a_token_is_fetched_once_and_kept_until_it_ends() -> None:
    asked: list[Grant] = []

    def ask(grant: Grant) -> bytes:
        asked.append(grant)
        return json.dumps({"access_token": f"t{len(asked)}", "expires_in": 3600}).encode()

    assert [access_token(FRESH, ask) for _ in range(3)] == ["t1"] * 3
    tokens._kept[FRESH] = ("t1", 0.0)
    assert access_token(FRESH, ask) == "t2"


def test_a_refresh_token_is_shown_where_there_is_one_else_the_client_itself() -> None:
    assert FRESH.form()["grant_type"] == "refresh_token"
    alone = Grant(url=FRESH.url, client_id="me", client_secret="s")
    assert alone.form() == {"grant_type": "client_credentials", "client_id": "me", "client_secret": "s"}


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no json",
        b"[]",
        b"{}",
        b'{"access_token": "a\\nb"}',
        b'{"access_token": "x", "expires_in": "z"}',
    ],
)
def test_an_answer_without_a_token_is_none(answer: bytes) -> None:
    with pytest.raises(NoToken):
        access_token(FRESH, lambda _grant: answer)


@pytest.mark.parametrize("url", ["http://login.example/token", "https://127.0.0.1/token", "ftp://x", ""])
def test_only_a_public_host_over_tls_is_asked(url: str) -> None:
    with pytest.raises(NoToken):
        access_token(Grant(url=url, client_id="me"))


def test_no_secret_is_told_by_its_words() -> None:
    assert "'s'" not in repr(FRESH)
    assert "'r'" not in repr(FRESH)
