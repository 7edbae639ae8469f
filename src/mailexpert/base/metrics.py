"""Figures of a process, in Prometheus' text. They are numbers of the machine: never an account's name, never a person.

Each process serves its own on loopback, so that nobody beyond this machine reads them without a proxy of the
operator's choice."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import psycopg
from prometheus_client import REGISTRY, Counter, Gauge, Histogram, generate_latest, start_http_server
from prometheus_client.core import GaugeMetricFamily

from mailexpert.base.env import Environment, EnvironmentProblem

LOOPBACK = "127.0.0.1"
BLOCK = 10  # ports for each kind of process; `up` numbers its engines and workers within theirs
PLACES = ("deliver", "worker", "intake", "inbound", "catcher")
FRESH_SECONDS = 5.0  # an answer of the database serves every scrape for so long
ANSWER_SECONDS = 3


def port_of(first: int, process: str, number: int = 1) -> int | None:
    """Where the n-th process of a kind serves its figures; the web has them among its pages."""
    return first + BLOCK * PLACES.index(process) + number - 1 if process in PLACES else None


def serve(env: Environment) -> None:
    """Serve this process's figures, where MAILEXPERT_METRICS_PORT asks for it."""
    if env.metrics_port is None:
        return
    try:
        start_http_server(env.metrics_port, addr=LOOPBACK)
    except OSError as problem:
        raise EnvironmentProblem(
            f"port {env.metrics_port} can't be used ({problem.strerror}). Free it, or set MAILEXPERT_METRICS_PORT."
        ) from problem


def gauge(name: str, says: str, value: Callable[[], float]) -> None:
    """A figure that is asked for when somebody looks."""
    Gauge(name, says).set_function(value)


def text() -> bytes:
    return bytes(generate_latest(REGISTRY))


class Asked:
    """Figures that the database knows: one statement, one row, a name and a help text for each column."""

    def __init__(self, url: str, statement: str, names: Mapping[str, str]) -> None:
        self._url, self._statement, self._names = url, statement, names
        self._row: tuple[Any, ...] | None = None
        self._asked_at = float("-inf")

    def describe(self) -> list[GaugeMetricFamily]:
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if time.monotonic() - self._asked_at > FRESH_SECONDS:
            self._row, self._asked_at = self._ask(), time.monotonic()
        is_up = self._row is not None
        yield GaugeMetricFamily("mailexpert_database_up", "1 while the database answers.", value=is_up)
        for (name, says), value in zip(self._names.items(), self._row or (), strict=False):
            yield GaugeMetricFamily(name, says, value=float(value or 0))

    def _ask(self) -> tuple[Any, ...] | None:
        try:
            with psycopg.connect(self._url, connect_timeout=ANSWER_SECONDS) as connection:
                connection.execute("SET ROLE mailexpert_owner")
                connection.execute(f"SET statement_timeout = '{ANSWER_SECONDS}s'")
                return connection.execute(self._statement).fetchone()  # type: ignore[arg-type]
        except psycopg.Error:
            return None


def ask(url: str, statement: str, names: Mapping[str, str]) -> None:
    REGISTRY.register(Asked(url, statement, names))  # type: ignore[arg-type]


__all__ = ["Counter", "Gauge", "Histogram", "ask", "gauge", "port_of", "serve", "text"]
