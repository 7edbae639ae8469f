"""What is missing or unsafe in this installation, in plain words."""

from collections.abc import Callable, Iterable

from mailexpert.base.env import Environment
from mailexpert.operations import postgres
from mailexpert.operations.doctor import database, installation, machine
from mailexpert.operations.doctor.finding import Finding, problem
from mailexpert.operations.problems import Problem

SIGNS = {"ok": "ok      ", "warn": "mind    ", "problem": "PROBLEM "}
Check = Callable[[Environment], Iterable[Finding]]
OF_THE_MACHINE: tuple[Check, ...] = (
    machine.disk,
    machine.clock,
    machine.time_zones,
    machine.ports_,
    machine.scanner,
    installation.secret,
    installation.addresses,
    installation.relay,
)
OF_THE_DATABASE: tuple[Check, ...] = (
    database.version,
    database.promises_of_commit,
    database.clock,
    database.roles,
    database.migrations,
    database.wall,
    database.sender_domains,
    installation.debugging,
)


def examine(env: Environment) -> list[Finding]:
    findings = [finding for check in OF_THE_MACHINE for finding in check(env)]
    try:
        with postgres.use(env):
            database.set_up()
            unreachable = list(database.reachable(env))
            findings += unreachable
            if unreachable[-1].level == "ok":
                findings += [finding for check in OF_THE_DATABASE for finding in check(env)]
    except Problem as found:
        findings.append(problem(f"The database can't be used. {found}", ""))
    return findings


def told(findings: Iterable[Finding]) -> str:
    """For a person: problems last, where the eye is."""
    order = ("ok", "warn", "problem")
    lines = []
    for finding in sorted(findings, key=lambda one: order.index(one.level)):
        lines.append(f"{SIGNS[finding.level]}{finding.what}")
        if finding.do:
            lines.append(f"        → {finding.do}")
    count = sum(finding.level == "problem" for finding in findings)
    lines.append("")
    lines.append(
        "Nothing stands in the way." if count == 0 else f"{count} problem{'s' * (count > 1)} to solve."
    )
    return "\n".join(lines)
