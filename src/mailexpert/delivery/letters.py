"""The messages of one issue, made by mail.compose when a connection takes them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

import structlog

from mailexpert.base import env, keys
from mailexpert.base.clock import now
from mailexpert.delivery import rendering, signing
from mailexpert.delivery.ports import PERSON, Issue, Message, Person
from mailexpert.mail import links
from mailexpert.mail.compose import Composer, Draft, IssueContent

log = structlog.get_logger()

FIXED = ("email", "first_name", "last_name", "language", "time_zone")
TEST = 2
AT_ONCE = 50
MEASURED = "measured"
# What a person said of being measured (yes, no, nothing) and whether their mail may follow them, by mode.
FOLLOWS: dict[str, Callable[[bool | None], bool]] = {
    "individual": lambda said: said is True,
    "last_active": lambda said: said is not False,
}


class IssueLetters:
    """`columns` are those of contacts_contact that the issue's words use; a field nobody knows is empty. A mailing that
    follows persons has two forms, one with the reader's own token in its links, and people get theirs by what they said
    of being measured (the last column)."""

    def __init__(self, issue: Issue) -> None:
        content, self._key = _content(issue), keys.derive("links")
        self._form = _Form(content, self._key)
        self._own: _Form | None = None
        self.columns = [_column(issue, name) for name in self._form.composer.columns]
        if issue.tracking in FOLLOWS and issue.kind != TEST:
            self._own = _Form(replace(content, follows=True), self._key)
            self._may_follow = FOLLOWS[issue.tracking]
            self._tokens = links.reader_tokens(self._key, issue.id)
            self._places = _places(self._form.composer.columns, self._own.composer.columns)
            self.columns.append(MEASURED)
        self._signer = signing.signer_of(issue)

    def compose(self, people: Sequence[Person]) -> Iterator[Message | None]:
        """A few at a time, when they are asked for: while it composes the process answers no relay."""
        if self._own is None:
            return self._form.compose(people)
        own, others = self._parted(people)
        return self._merged(people, self._own.compose(own), self._form.compose(others))

    @property
    def take_long(self) -> bool:
        return self._signer is not None or not self._form.composer.is_fast

    async def compose_ahead(self, people: Sequence[Person]) -> Iterator[Message | None]:
        if self._own is None:
            made = await self._form.compose_ahead(people)
        else:
            own, others = self._parted(people)
            of_own, of_others = await self._own.compose_ahead(own), await self._form.compose_ahead(others)
            made = self._merged(people, of_own, of_others)
        return made if self._signer is None else await signing.sign(made, self._signer)

    def _parted(self, people: Sequence[Person]) -> tuple[list[Person], list[Person]]:
        """Who may be measured, with their token among the values; and the others."""
        own: list[Person] = []
        others: list[Person] = []
        for person in people:
            (own if self._may_follow(person.values[-1]) else others).append(person)
        tokens = self._tokens(person.contact_id for person in own)
        return (
            [
                _given(
                    person, tuple(token if place is None else person.values[place] for place in self._places)
                )
                for person, token in zip(own, tokens, strict=True)
            ],
            [_given(person, person.values[:-1]) for person in others],
        )

    def _merged(
        self, people: Sequence[Person], own: Iterator[Message | None], others: Iterator[Message | None]
    ) -> Iterator[Message | None]:
        may = self._may_follow
        return (next(own if may(person.values[-1]) else others) for person in people)


class _Form:
    """One form of an issue, and the messages made of it."""

    def __init__(self, content: IssueContent, key: bytes) -> None:
        self._content, self._key = content, key
        self.composer = Composer(content, key)

    def compose(self, people: Sequence[Person]) -> Iterator[Message | None]:
        some = (people[start : start + AT_ONCE] for start in range(0, len(people), AT_ONCE))
        return chain.from_iterable(map(self._messages, chain.from_iterable(map(self._drafts, some))))

    async def compose_ahead(self, people: Sequence[Person]) -> Iterator[Message | None]:
        drafts = list(self._drafts(people)) if people else []
        for draft in drafts:
            if draft is not None and draft.wanted:
                await rendering.fill(draft, self._content, self._key)
        return chain.from_iterable(map(self._messages, drafts))

    def _drafts(self, people: Sequence[Person]) -> Iterator[Draft | None]:
        """One for all; or else one by one, so that a person whose message can't be made stands in nobody's way: None
        for that one."""
        try:
            yield self._draft(people)
            return
        except Exception:
            log.warning("composing one by one", issue=self._content.issue_id, exc_info=True)
        for person in people:
            try:
                yield self._draft([person])
            except Exception as problem:
                self._cannot(problem)
                yield None

    def _draft(self, people: Sequence[Person]) -> Draft:
        contacts, emails, _skips, values = zip(*people, strict=True)
        return self.composer.draft(contacts, [email or "" for email in emails], values, now())

    def _messages(self, draft: Draft | None) -> Iterator[Message | None]:
        if draft is None:
            return iter((None,))
        return self._one_by_one(draft) if draft.may_fail else draft.messages()

    def _one_by_one(self, draft: Draft) -> Iterator[Message | None]:
        messages = draft.messages()
        for _person in range(draft.size):
            try:
                yield next(messages)
            except Exception as problem:
                self._cannot(problem)
                yield None

    def _cannot(self, problem: Exception) -> None:
        log.warning("a message can't be made", issue=self._content.issue_id, problem=type(problem).__name__)


def _given(person: Person, values: tuple[object, ...]) -> Person:
    return PERSON((*person[:3], values))


def _places(columns: Sequence[str], own: Sequence[str]) -> list[int | None]:
    """Where each value of the own form stands among those that are read; None is the token."""
    names = list(columns)
    return [None if name == links.READER_FIELD else names.index(name) for name in own]


def _column(issue: Issue, name: str) -> str:
    return name if name in FIXED else issue.fields.get(name, "")


def _content(issue: Issue) -> IssueContent:
    return IssueContent(
        issue_id=issue.id,
        account_id=issue.account_id,
        sender_name=issue.sender_name,
        sender_address=issue.sender_address,
        reply_to=issue.reply_to,
        subject=issue.subject,
        html=issue.html,
        text=issue.text,
        targets=issue.links,
        tracking=issue.tracking,
        counts_opens=issue.counts_opens,
        language=issue.language,
        sender_line=issue.sender_line,
        list_ids=issue.list_ids,
        track_url=env.load().track_url,
        inbound_domain=issue.return_host,
        is_test=issue.kind == TEST,
    )
