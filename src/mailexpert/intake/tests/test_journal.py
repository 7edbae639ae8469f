import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from mailexpert.intake import journal as unit
from mailexpert.intake.journal import Journal, JournalFull, finished, only_collector


def lines_of(folder: Path) -> bytes:
    return b"".join(file.lines for file in finished(folder))


def test_a_file_is_read_once_its_writer_finished_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.write(b"1\n")
    assert lines_of(tmp_path) == b""
    journal.finish()
    assert lines_of(tmp_path) == b"1\n"


def test_a_large_file_is_finished_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unit, "LARGEST", 4)
    journal = Journal(tmp_path)
    journal.write(b"12345\n")
    assert lines_of(tmp_path) == b"12345\n"


def test_an_old_file_is_finished_and_a_young_one_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path)
    journal.write(b"1\n")
    journal.finish_old()
    assert lines_of(tmp_path) == b""
    monkeypatch.setattr(unit, "OLDEST", 0.0)
    journal.finish_old()
    assert lines_of(tmp_path) == b"1\n"


WRITER = """
import os, sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from mailexpert.intake.journal import Journal
journal = Journal(Path(sys.argv[1]))
for n in range(1_000_000):
    journal.write(b"%d\\n" % n)
    os.write(1, b"%d\\n" % n)
"""


def test_what_a_killed_writer_answered_is_all_there(tmp_path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    answered = [writer.stdout.readline() for _ in range(3000)]
    writer.send_signal(signal.SIGKILL)
    answered += [line for line in writer.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
    writer.stdout.close()
    writer.wait()
    stored = lines_of(tmp_path).splitlines(keepends=True)
    assert stored[: len(answered)] == answered
    assert len(stored) - len(answered) in (0, 1)


def test_a_torn_last_line_is_cut_off(tmp_path: Path) -> None:
    (tmp_path / "1-2-ab.open").write_bytes(b"1\n2\n3")
    assert lines_of(tmp_path) == b"1\n2\n"


def test_a_half_write_leaves_nothing_and_is_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path)
    journal.write(b"1\n")
    whole = os.write
    monkeypatch.setattr(os, "write", lambda file, data: whole(file, data[:1]))
    with pytest.raises(JournalFull):
        journal.write(b"22\n")
    monkeypatch.undo()
    journal.write(b"3\n")
    journal.finish()
    assert lines_of(tmp_path) == b"1\n3\n"


def test_a_folder_that_is_gone_is_no_answer(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "hits")
    (tmp_path / "hits").rmdir()
    with pytest.raises(JournalFull):
        journal.write(b"1\n")


def test_a_file_that_its_writer_renames_while_it_is_read_goes_as_well(tmp_path: Path) -> None:
    (tmp_path / "1-2-ab.open").write_bytes(b"1\n")
    [file] = finished(tmp_path)
    (tmp_path / "1-2-ab.open").rename(tmp_path / "1-2-ab.done")
    file.delete()
    assert list(tmp_path.iterdir()) == []


def test_two_collectors_never_work_in_one_folder(tmp_path: Path) -> None:
    with only_collector(tmp_path) as first, only_collector(tmp_path) as second:
        assert first
        assert not second
    with only_collector(tmp_path) as third:
        assert third


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB of its own."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine doesn't let us mount")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def fill(journal: Journal, line: bytes) -> int:
    """How often it was stored before the disk was full."""
    for stored in count():
        try:
            journal.write(line)
        except JournalFull:
            return stored
    return 0


def test_on_a_full_disk_nothing_is_answered_and_what_was_is_all_there(small_disk: Path) -> None:
    journal, line = Journal(small_disk / "hits"), b"1234567\n" * 100
    answered = fill(journal, line) + fill(journal, line)
    journal.finish()
    assert lines_of(small_disk / "hits") == line * answered
    assert answered > 50
    for path in (small_disk / "hits").glob("*.done"):
        path.unlink()
    assert fill(journal, line) > 50  # with room again it goes on
    journal.finish()
