"""The messages of one issue, made by mail.compose when a connection takes them."""

from collections.abc import Iterator, Sequence
from itertools import chain

import structlog

from mailexpert.base import env, keys
from mailexpert.base.clock import now
from mailexpert.delivery import rendering, signing
from mailexpert.delivery.ports import Issue, Message, Person
from mailexpert.mail.compose import Composer, Draft, IssueContent

log = structlog.get_logger()

FIXED = ("email", "first_name", "last_name", "language", "time_zone")
TEST = 2
AT_ONCE = 50


class IssueLetters:
    """`columns` are those of contacts_contact that the issue's words use; a field nobody knows is empty."""

    def __init__(self, issue: Issue) -> None:
        self._issue_id = issue.id
        self._content, self._key = _content(issue), keys.derive("links")
        self._composer = Composer(self._content, self._key)
        self._signer = signing.signer_of(issue)
        self.columns = [_column(issue, name) for name in self._composer.columns]

    def compose(self, people: Sequence[Person]) -> Iterator[Message | None]:
        """A few at a time, when they are asked for: while it composes the process answers no relay."""
        for start in range(0, len(people), AT_ONCE):
            for draft in self._drafts(people[start : start + AT_ONCE]):
                yield from self._messages(draft)

    @property
    def take_long(self) -> bool:
        return self._signer is not None or not self._composer.is_fast

    async def compose_ahead(self, people: Sequence[Person]) -> Iterator[Message | None]:
        drafts = list(self._drafts(people))
        for draft in drafts:
            if draft is not None and draft.wanted:
                await rendering.fill(draft, self._content, self._key)
        made = chain.from_iterable(map(self._messages, drafts))
        return made if self._signer is None else await signing.sign(made, self._signer)

    def _drafts(self, people: Sequence[Person]) -> Iterator[Draft | None]:
        """One for all; or else one by one, so that a person whose message can't be made stands in nobody's way: None
        for that one."""
        try:
            yield self._draft(people)
            return
        except Exception:
            log.warning("composing one by one", issue=self._issue_id, exc_info=True)
        for person in people:
            try:
                yield self._draft([person])
            except Exception as problem:
                self._cannot(problem)
                yield None

    def _draft(self, people: Sequence[Person]) -> Draft:
        contacts = [person.contact_id for person in people]
        emails = [person.email or "" for person in people]
        return self._composer.draft(contacts, emails, [person.values for person in people], now())

    def _messages(self, draft: Draft | None) -> Iterator[Message | None]:
        if draft is None:
            yield None
        elif self._composer.is_fast:
            yield from draft.messages()
        else:
            messages = draft.messages()
            for _person in range(draft.size):
                yield self._next(messages)

    def _next(self, messages: Iterator[Message]) -> Message | None:
        try:
            return next(messages)
        except Exception as problem:
            self._cannot(problem)
            return None

    def _cannot(self, problem: Exception) -> None:
        log.warning("a message can't be made", issue=self._issue_id, problem=type(problem).__name__)


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
        language=issue.language,
        sender_line=issue.sender_line,
        list_ids=issue.list_ids,
        track_url=env.load().track_url,
        inbound_domain=issue.return_host,
        is_test=issue.kind == TEST,
    )
