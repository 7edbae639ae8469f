"""Signing the messages of a window on every core while the event loop goes on. An RSA signature lets go of the
interpreter's lock, and it is nearly all of the work."""

import asyncio
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import chain, islice

import structlog

from mailexpert.base import keys
from mailexpert.delivery.ports import Issue, Message
from mailexpert.mail import dkim

SECRET_PURPOSE = "dkim"  # noqa: S105
A_TURN = 16  # messages that a thread takes at once

log = structlog.get_logger()


class CannotSign(Exception):
    """The keys of this issue's domain can't be read. Without its signature nothing of it may leave."""


def signer_of(issue: Issue) -> dkim.Signer | None:
    """Who signs for an issue; nobody where its domain isn't verified, which is no matter on this machine. Raises
    CannotSign."""
    if not issue.domain:
        return None
    try:
        return dkim.Signer(issue.domain, [_key(key) for key in issue.keys])
    except (dkim.KeyProblem, keys.SecretProblem) as problem:
        raise CannotSign(str(problem)) from problem


def _key(told: str) -> dkim.SigningKey:
    selector, _blank, sealed = told.partition(" ")
    return dkim.load_key(keys.unseal(sealed, SECRET_PURPOSE), selector)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="signing")


async def sign(messages: Iterator[Message | None], signer: dkim.Signer) -> Iterator[Message | None]:
    """The same messages with their signatures; None for one that can't be made. Composing them stays with the loop,
    a few at a time."""
    loop, moment = asyncio.get_running_loop(), int(time.time())
    turns = []
    while some := list(islice(messages, A_TURN)):
        turns.append(loop.run_in_executor(_threads(), _signed, some, signer, moment))
        await asyncio.sleep(0)
    return chain.from_iterable(await asyncio.gather(*turns))


def _signed(some: list[Message | None], signer: dkim.Signer, moment: int) -> list[Message | None]:
    return [None if message is None else _with_signatures(message, signer, moment) for message in some]


def _with_signatures(message: Message, signer: dkim.Signer, moment: int) -> Message | None:
    sender, recipient, body = message
    try:
        return sender, recipient, signer.sign(body, moment)
    except Exception as problem:
        log.warning("a message can't be signed", problem=type(problem).__name__)
        return None
