"""`make bench`: every benchmark in this folder, one after the other, on the home's database; or the one that is named,
with its options.

A benchmark prints its own table and stores `var/bench/<name>.json`; one that knows `--json` leaves both to us.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from mailexpert.base import env
from mailexpert.operations import postgres, prepare

HERE = Path(__file__).parent
RESULTS = HERE.parent / "var" / "bench"
SENDING = ("engine", "growth", "person_by_person", "dkim", "far_relay")


def main() -> int:
    settings = env.load()
    with postgres.use(settings, create=True):
        prepare.if_needed(settings)
        environment = {**os.environ, "DATABASE_URL": postgres.dsn(settings)}
        RESULTS.mkdir(parents=True, exist_ok=True)
        named, options = sys.argv[1:2], sys.argv[2:]
        scripts = [path for path in sorted(HERE.glob("*.py")) if path != Path(__file__)]
        scripts = [path for path in scripts if not named or path.stem in named]
        failed = [script.stem for script in scripts if not run(script, environment, options)]
    if {script.stem for script in scripts} & {"contacts", "segments", "pages"}:
        print("\n── how contacts grow ──", flush=True)
        subprocess.run([sys.executable, HERE / "tables" / "contacts.py", RESULTS], check=True)
    if {script.stem for script in scripts} & set(SENDING):
        print("\n── sending, and what it is measured against ──", flush=True)
        subprocess.run([sys.executable, HERE / "tables" / "sending.py"], check=True)
        print("Into docs/performance.md: .venv/bin/python bench/tables/sending.py --markdown")
    print("\n" + (f"Failed: {', '.join(failed)}" if failed else f"All results are in {RESULTS}"))
    return 1 if failed else 0


def run(script: Path, environment: Mapping[str, str], options: Sequence[str]) -> bool:
    print(f"\n── {script.stem} ──", flush=True)
    if 'add_argument("--json"' not in script.read_text():
        return subprocess.run([sys.executable, script, *options], env=environment).returncode == 0
    done = subprocess.run(
        [sys.executable, script, *options, "--json"], env=environment, stdout=subprocess.PIPE, text=True
    )
    if not done.stdout.strip():
        return False
    found = json.loads(done.stdout)
    (RESULTS / f"{script.stem}.json").write_text(json.dumps(found, indent=1) + "\n")
    for name, value in found.items():
        print(f"{name:<32} {value!s:>16}")
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
