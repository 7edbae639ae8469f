"""A name server on loopback that answers as it was told: real packets, over UDP and TCP."""

import socketserver
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from mailexpert.base.names import SystemNames

LARGEST_UDP = 512


class Zone:
    """Records by name and kind, as they stand in a zone file; `broken` names get SERVFAIL, `silent` ones no answer."""

    def __init__(self, records: Mapping[tuple[str, str], list[str]] | None = None) -> None:
        self.records = dict(records or {})
        self.broken: set[str] = set()
        self.silent: set[str] = set()
        self.asked: list[tuple[str, str]] = []

    def txt(self, name: str, *texts: str) -> None:
        """Each text falls into strings of 255, as it must."""
        self.records[(name, "TXT")] = [
            " ".join('"' + text[at : at + 255] + '"' for at in range(0, max(len(text), 1), 255))
            for text in texts
        ]

    def mx(self, name: str, *hosts: str) -> None:
        self.records[(name, "MX")] = [f"{10 * n} {host}." for n, host in enumerate(hosts, 1)]

    def alias(self, name: str, target: str) -> None:
        self.records[(name, "CNAME")] = [f"{target}."]

    def take_away(self, name: str) -> None:
        self.records = {key: values for key, values in self.records.items() if key[0] != name}

    def answer(self, wire: bytes, *, over_udp: bool) -> bytes | None:
        question = dns.message.from_wire(wire)
        asked = question.question[0]
        name, kind = asked.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(asked.rdtype)
        self.asked.append((name, kind))
        if name in self.silent:
            return None
        reply = dns.message.make_response(question)
        if name in self.broken:
            reply.set_rcode(dns.rcode.SERVFAIL)
            return reply.to_wire()
        self._fill(reply, name, kind)
        packed = reply.to_wire(max_size=65_535)
        if over_udp and len(packed) > LARGEST_UDP:
            short = dns.message.make_response(question)
            short.flags |= dns.flags.TC
            return short.to_wire()
        return packed

    def _fill(self, reply: Any, name: str, kind: str) -> None:
        for _step in range(8):
            alias = self.records.get((name, "CNAME"))
            if alias is None:
                break
            reply.answer.append(dns.rrset.from_text(name + ".", 60, "IN", "CNAME", *alias))
            name = alias[0].rstrip(".")
        values = self.records.get((name, kind))
        if values:
            reply.answer.append(dns.rrset.from_text_list(name + ".", 60, "IN", kind, values))
        elif not any(known == name or known.endswith("." + name) for known, _kind in self.records):
            reply.set_rcode(dns.rcode.NXDOMAIN)


class _Udp(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        wire, line = self.request
        answer = self.server.zone.answer(wire, over_udp=True)  # type: ignore[attr-defined]
        if answer is not None:
            line.sendto(answer, self.client_address)


class _Tcp(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        size = struct.unpack("!H", self.request.recv(2))[0]
        answer = self.server.zone.answer(self.request.recv(size), over_udp=False)  # type: ignore[attr-defined]
        if answer is not None:
            self.request.sendall(struct.pack("!H", len(answer)) + answer)


class _TcpServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def serving(zone: Zone) -> Iterator[SystemNames]:
    """The zone behind a resolver that asks nobody else."""
    udp, tcp = _on_one_port()
    with udp, tcp:
        for server in (udp, tcp):
            server.zone = zone  # type: ignore[attr-defined]
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield SystemNames(["127.0.0.1"], udp.server_address[1])
        udp.shutdown()
        tcp.shutdown()


def _on_one_port() -> tuple[socketserver.UDPServer, socketserver.TCPServer]:
    """A port that is free for UDP may be somebody's for TCP."""
    while True:
        udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), _Udp)
        try:
            return udp, _TcpServer(udp.server_address[:2], _Tcp)
        except OSError:
            udp.server_close()
