"""A spam filter's verdict before sending: SpamAssassin's and Rspamd's ways of saying it, and one that says nothing."""

import dataclasses
import json
import shutil
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache

from mailexpert.base import env, spamfilter
from mailexpert.content import spam
from mailexpert.content.checks import check_draft
from mailexpert.content.values import Draft

SPAMD = shutil.which("spamd") or ("/usr/sbin/spamd" if Path("/usr/sbin/spamd").exists() else None)
REPORT = """Spam detection software, running on the system "x".
 pts rule name              description
---- ---------------------- --------------------------------------------------
-0.0 NO_RELAYS              Informational: message was not relayed via SMTP
 1.8 DRUGS_ERECTILE         Refers to an erectile drug
 2.4 SUBJ_ALL_CAPS          Subject is all
                            capitals
"""
SAID = f"SPAMD/1.1 0 EX_OK\r\nContent-length: {len(REPORT)}\r\nSpam: False ; 4.2 / 5.0\r\n\r\n{REPORT}"
BAD = {"R_BAD": {"score": 9.5, "description": "Bad words"}, "OK": {"score": -1}}
RSPAMD = json.dumps({"score": 9.5, "required_score": 15, "symbols": BAD})
DRAFT = Draft(kind="text", source="Dag, dit is een mail die we graag bezorgd zien.", subject="Nieuws")

Filter = Callable[..., str]


@pytest.fixture
def peer() -> Iterator[Filter]:
    """A filter that takes one mail after the other and says what it was told to; `asked` holds the mails."""
    servers: list[socketserver.TCPServer] = []

    def listen(scheme: str, said: str, asked: list[bytes] | None = None) -> str:
        class Says(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                got = self.request.recv(1_000_000)
                if asked is not None:
                    asked.append(got)
                self.request.sendall(said.encode())

        server = socketserver.TCPServer(("127.0.0.1", 0), Says)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"{scheme}://127.0.0.1:{server.server_address[1]}"

    yield listen
    for server in servers:
        server.shutdown()
        server.server_close()


def http(body: str, status: str = "200 OK") -> str:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}"


def test_spamassassin_says_points_and_reasons_the_dearest_first(peer: Filter) -> None:
    found = spamfilter.judge(b"x", peer("spamd", SAID))
    assert (found.filter, found.score, found.limit) == ("SpamAssassin", 4.2, 5.0)
    assert [(one.name, one.words) for one in found.reasons] == [
        ("SUBJ_ALL_CAPS", "Subject is all capitals"),
        ("DRUGS_ERECTILE", "Refers to an erectile drug"),
    ]


def test_rspamd_says_the_same_in_json(peer: Filter) -> None:
    found = spamfilter.judge(b"x", peer("rspamd", http(RSPAMD)))
    assert (found.filter, found.score, found.limit) == ("Rspamd", 9.5, 15)
    assert [one.words for one in found.reasons] == ["Bad words"]


@pytest.mark.parametrize(
    ("scheme", "said"),
    [
        ("spamd", ""),
        ("spamd", "SPAMD/1.0 76 Bad header line\r\n\r\n"),
        ("spamd", "SPAMD/1.1 0 EX_OK\r\nSpam: niet\r\n\r\n"),
        ("rspamd", ""),
        ("rspamd", http("{}", "403 Forbidden")),
        ("rspamd", http("[]")),
        ("rspamd", http("niet")),
    ],
)
def test_what_is_no_verdict_is_none(peer: Filter, scheme: str, said: str) -> None:
    with pytest.raises(spamfilter.NoVerdict):
        spamfilter.judge(b"x", peer(scheme, said))


@pytest.mark.parametrize("where", [None, "", "spamd://127.0.0.1:1", "http://127.0.0.1/"])
def test_a_filter_that_isn_t_there_gives_none(where: str | None) -> None:
    with pytest.raises(spamfilter.NoVerdict):
        spamfilter.judge(b"x", where)


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    cache.clear()

    def name(where: str) -> None:
        found = dataclasses.replace(env.load(), spam=where)
        monkeypatch.setattr(spam.env, "load", lambda: found)

    return name


def test_the_check_says_its_points_and_reasons_and_asks_once(in_shop, peer, named) -> None:
    asked: list[bytes] = []
    named(peer("spamd", SAID, asked))
    first, second = ([check for check in check_draft(DRAFT) if check.code == "spam"] for _time in range(2))
    assert len(first) == 1
    assert first[0].level == "warn"
    assert "SpamAssassin" in first[0].text
    assert "Subject is all capitals (2.4)" in first[0].text
    assert first == second
    assert len(asked) == 1
    assert b"List-Unsubscribe:" in asked[0]
    assert b"graag bezorgd" in asked[0]


def test_without_an_answer_our_own_points_count(in_shop, named) -> None:
    named("spamd://127.0.0.1:1")
    said = [check.text for check in check_draft(DRAFT) if check.code == "spam"]
    assert len(said) == 1
    assert "SpamAssassin" not in said[0]


def test_a_wrong_address_is_told_at_the_start() -> None:
    with pytest.raises(env.EnvironmentProblem):
        env.read({"MAILEXPERT_SPAM": "http://127.0.0.1"})


@pytest.mark.skipif(SPAMD is None, reason="SpamAssassin is not installed (Debian: spamassassin)")
@pytest.mark.slow
def test_the_real_spamassassin_judges_a_mail(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["-L", "-x", "-p", str(port), "-i", "127.0.0.1", "--syslog-socket=none", "-m", "1"]
    running = subprocess.Popen([str(SPAMD), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        mail = b"From: a@x.example\r\nTo: b@y.example\r\nSubject: Viagra\r\n\r\nBuy viagra now, cialis and viagra\r\n"
        found = _judged(mail, port)
    finally:
        running.terminate()
        running.wait()
    assert found.limit == 5.0
    assert any("drug" in one.words for one in found.reasons)


QUIET = (
    "rbl", "surbl", "fuzzy_check", "asn", "phishing", "spf", "dmarc", "arc", "mx_check", "neural", "dkim_signing"
)  # fmt: skip
RSPAMD_CONFIG = """.include "$CONFDIR/common.conf"
options {{
  filters = "chartable,regexp";
  url_tld = "/usr/share/rspamd/effective_tld_names.dat";
  pidfile = "{home}/rspamd.pid";
  hs_cache_dir = "{home}";
  disable_hyperscan = true;
  dns {{
    nameserver = ["127.0.0.1:1:1"];
    timeout = 0.1s;
    retransmits = 1;
  }}
}}
{quiet}
logging {{
  type = "console";
  level = "error";
}}
worker "normal" {{
  bind_socket = "127.0.0.1:{port}";
  count = 1;
  mime = true;
}}
"""
SHOUTS = b"""From: Winkel <a@x.example>\r\nTo: b@y.example\r\nSubject: ALLES MOET WEG\r\nMessage-ID: <a@x.example>\r
Content-Type: text/html\r\n\r\n<p><a href="http://192.0.2.4/x">https://bank.example/</a></p>\r\n"""


@pytest.mark.skipif(shutil.which("rspamd") is None, reason="Rspamd is not installed (Debian: rspamd)")
@pytest.mark.slow
def test_the_real_rspamd_judges_the_words_and_not_who_asks(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = "\n".join(f"{name} {{ enabled = false; }}" for name in QUIET)
    settings = tmp_path / "rspamd.conf"
    settings.write_text(RSPAMD_CONFIG.format(home=tmp_path, port=port, quiet=quiet))
    places = [f"--var={name}={tmp_path}" for name in ("DBDIR", "RUNDIR", "LOGDIR")]
    started = ["rspamd", "-f", "-i", "-c", str(settings), "--var=CONFDIR=/etc/rspamd", *places]
    running = subprocess.Popen(started, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        found = _judged(SHOUTS, port, "rspamd", patience=300)
    finally:
        running.terminate()
        running.wait()
    names = {one.name for one in found.reasons}
    assert found.limit == 15
    assert {"SUBJ_ALL_CAPS", "HTTP_TO_IP"} <= names
    assert not [name for name in names if name.startswith("HFILTER")]


def _judged(mail: bytes, port: int, scheme: str = "spamd", *, patience: float = 90) -> spamfilter.Verdict:
    """Once it listens: it reads its rules first."""
    end = time.monotonic() + patience
    while True:
        try:
            return spamfilter.judge(mail, f"{scheme}://127.0.0.1:{port}")
        except spamfilter.NoVerdict:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
