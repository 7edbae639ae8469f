"""The delivery engine against Postfix's smtp-source, in turns, to the same smtp-sink: how many times as fast?

    python bench/engine.py [--messages 200000] [--rounds 3]

Needs a database (DATABASE_URL, or the home's own) and Postfix's two test programs. Both send as many bytes a
message: what the sink reads of each is looked at first.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SESSIONS = 8
FEW = 2_000
SPARE = 1  # the connection of a relay that one lane leaves to the others
BODY_KB = 10.0
LINKS = 10
PLACES = "/usr/sbin:/usr/local/sbin:/usr/bin"


def binary(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=PLACES)
    if found is None:
        print(f"{name} is missing; it comes with Postfix. Nothing was measured.")
        sys.exit(0)
    return found


@dataclass(frozen=True, kw_only=True)
class Sink:
    port: int
    pid: int

    def has_read(self) -> int:
        """Bytes so far."""
        fields = dict(line.split(": ") for line in Path(f"/proc/{self.pid}/io").read_text().splitlines())
        return int(fields["rchar"])


@contextmanager
def a_sink() -> Iterator[Sink]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    rights = ["-u", "nobody"] if os.geteuid() == 0 else []
    sink = subprocess.Popen([binary("smtp-sink"), *rights, f"127.0.0.1:{port}", "1000"])
    try:
        time.sleep(0.5)
        yield Sink(port=port, pid=sink.pid)
    finally:
        sink.terminate()
        sink.wait()


def theirs(port: int, messages: int, body: int) -> float:
    """Messages a second of smtp-source over as many lasting sessions."""
    command = [
        binary("smtp-source"), "-d", "-s", str(SESSIONS), "-m", str(messages), "-l", str(body),
        "-f", "b@mail.winkel.example", "-t", "lezer@ontvanger.example", f"127.0.0.1:{port}",
    ]  # fmt: skip
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return messages / (time.perf_counter() - began)


def ours(port: int, messages: int) -> dict[str, Any]:
    command = [
        sys.executable, "-m", "mailexpert.operations.cli", "bench", "send", "--json",
        "--messages", str(messages), "--relay", f"smtp://127.0.0.1:{port}?connections={SESSIONS + SPARE}",
        "--body-kb", str(BODY_KB), "--links", str(LINKS),
    ]  # fmt: skip
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return dict(json.loads(done.stdout))


def body_of_theirs(sink: Sink) -> int:
    """Bytes of body with which a message of theirs is as large on the wire as one of ours."""
    body = int(BODY_KB * 1024)
    before = sink.has_read()
    theirs(sink.port, FEW, body)
    between = sink.has_read()
    ours(sink.port, FEW)
    return body + round(((sink.has_read() - between) - (between - before)) / FEW)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    rounds = []
    print(
        f"{'round':>5} {'smtp-source/s':>14} {'engine/s':>9} {'ratio':>6} {'CPU':>7} {'MB':>6} {'ledger':>7}"
    )
    with a_sink() as sink:
        port, body = sink.port, body_of_theirs(sink)
        for number in range(1, asked.rounds + 1):
            source, engine = theirs(port, asked.messages, body), ours(port, asked.messages)
            again = theirs(port, asked.messages, body)
            ratio = engine["rate"] / statistics.mean((source, again))
            rounds.append({"smtp_source": round((source + again) / 2), "ratio": round(ratio, 3), **engine})
            print(
                f"{number:>5} {(source + again) / 2:>14,.0f} {engine['rate']:>9,} {ratio:>6.2f} "
                f"{engine['cpu_us_per_message']:>7} {engine['peak_rss_mb']:>6} "
                f"{engine['ledger_bytes_per_message']:>9}"
            )
    median = statistics.median(found["ratio"] for found in rounds)
    print(f"median ratio {median:.2f} × smtp-source")
    store({"median_ratio": median, "rounds": rounds, "at": time.time()})


def store(found: dict[str, Any]) -> None:
    folder = Path(__file__).parents[1] / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "engine.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
