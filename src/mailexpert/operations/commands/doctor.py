"""mailexpert doctor"""

import argparse
import json
from typing import Any

from mailexpert.base.env import Environment


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    doctor = commands.add_parser("doctor", help="say in plain words what is missing or unsafe")
    doctor.add_argument("--json", action="store_true", help="the same for a program")
    doctor.set_defaults(run=_doctor)


def _doctor(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations import doctor

    findings = doctor.examine(env)
    if asked.json:
        print(json.dumps([finding.as_dict() for finding in findings], indent=2))
    else:
        print(doctor.told(findings))
    return 1 if any(finding.level == "problem" for finding in findings) else 0
