"""What the address of the default relay says: where, as whom, and how safely."""

import pytest

from mailexpert.base.env import EnvironmentProblem, read


@pytest.mark.parametrize(
    ("url", "relay", "login", "security"),
    [
        (None, ("127.0.0.1", 1025), ("", ""), "none"),
        ("smtp://mail.example", ("mail.example", 25), ("", ""), "none"),
        ("smtp://mail.example:587", ("mail.example", 587), ("", ""), "starttls"),
        ("smtp://jan:geheim@mail.example:25", ("mail.example", 25), ("jan", "geheim"), "starttls"),
        (
            "smtp://jan%40example.org:a%2Fb@127.0.0.1:2525",
            ("127.0.0.1", 2525),
            ("jan@example.org", "a/b"),
            "none",
        ),
        ("smtps://jan:geheim@mail.example", ("mail.example", 465), ("jan", "geheim"), "tls"),
    ],
)
def test_a_relay_s_address_is_read(
    url: str | None, relay: tuple[str, int], login: tuple[str, str], security: str
) -> None:
    found = read({"MAILEXPERT_RELAY_URL": url} if url else {})
    assert (found.default_relay, found.relay_login, found.relay_security) == (relay, login, security)


@pytest.mark.parametrize(
    ("url", "count"), [("smtp://h.example", 8), ("smtp://h.example?connections=100", 100)]
)
def test_the_default_relay_gets_as_many_connections_as_its_address_says(url: str, count: int) -> None:
    assert read({"MAILEXPERT_RELAY_URL": url}).relay_connections == count


@pytest.mark.parametrize("asked", ["0", "501", "veel", "-1"])
def test_a_wrong_number_of_connections_is_told_at_the_start(asked: str) -> None:
    with pytest.raises(EnvironmentProblem, match="MAILEXPERT_RELAY_URL"):
        read({"MAILEXPERT_RELAY_URL": f"smtp://h.example?connections={asked}"})
