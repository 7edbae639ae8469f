"""Open ports, as the kernel writes them."""

import socket
from pathlib import Path

import pytest

from mailexpert.base.listening import CannotSee, listeners, owner

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
TCP = HEAD + (
    "   0: 00000000:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1\n"
    "   1: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1\n"
    "   2: 0100007F:1538 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 333 1\n"
)
TCP6 = HEAD + (
    "   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 444 1\n"
    "   1: 00000000000000000000000001000000:0017 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 555 1\n"
    "   2: 0000000000000000FFFF00000100007F:0018 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 666 1\n"
)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text(TCP)
    (tmp_path / "net" / "tcp6").write_text(TCP6)
    return tmp_path


def test_listening_sockets_alone_and_who_can_reach_them(proc: Path) -> None:
    found = {one.port: (one.address, one.is_open) for one in listeners(proc)}
    assert found.pop(24)[1] is False  # an IPv4 address inside an IPv6 one is written in more than one way
    assert found == {
        8000: ("0.0.0.0", True),
        5432: ("127.0.0.1", False),
        22: ("::", True),
        23: ("::1", False),
    }


def test_a_machine_that_tells_nothing_is_not_taken_for_a_closed_one(tmp_path: Path) -> None:
    with pytest.raises(CannotSee):
        listeners(tmp_path)


def test_the_owner_of_a_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        mine = next(one for one in listeners() if one.port == door.getsockname()[1])
        assert owner(mine)
