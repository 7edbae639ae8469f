import pytest

from mailexpert.base import outbound


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "198.18.0.1", "240.0.0.1",
    ],
)  # fmt: skip
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not outbound.is_public(address)


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909"])
def test_an_address_outside_is_public(address: str) -> None:
    assert outbound.is_public(address)


def test_the_checked_address_is_the_one_to_connect_to() -> None:
    found = outbound.target("smtp.winkel.example", 587, lambda host, port: ["9.9.9.9"])
    assert found == outbound.Target(host="smtp.winkel.example", address="9.9.9.9", port=587)


def test_a_host_with_one_private_address_among_public_ones_is_refused() -> None:
    with pytest.raises(outbound.Refused):
        outbound.target("sluw.example", 25, lambda host, port: ["9.9.9.9", "127.0.0.1"])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]".strip("[]")])
def test_a_loopback_host_in_any_notation_is_refused(host: str) -> None:
    with pytest.raises((outbound.Refused, outbound.Unknown)):
        outbound.target(host, 25)


def test_a_name_without_an_address_is_unknown() -> None:
    with pytest.raises(outbound.Unknown):
        outbound.target("bestaat-niet.invalid", 25)
