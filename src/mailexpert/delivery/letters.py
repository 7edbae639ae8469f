"""The messages of one issue, made by mail.compose when a connection takes them."""

from collections.abc import Iterator, Sequence

from mailexpert.base import env, keys
from mailexpert.base.clock import now
from mailexpert.delivery.ports import Issue, Person
from mailexpert.mail.compose import Composer, IssueContent

FIXED = ("email", "first_name", "last_name", "language", "time_zone")
TEST = 2


class IssueLetters:
    """`columns` are those of contacts_contact that the issue's words use; a field nobody knows is empty."""

    def __init__(self, issue: Issue) -> None:
        self._composer = Composer(_content(issue), keys.derive("links"))
        self.columns = [_column(issue, name) for name in self._composer.columns]

    def compose(self, people: Sequence[Person]) -> Iterator[tuple[bytes, bytes, bytes]]:
        contacts = [person.contact_id for person in people]
        emails = [person.email or "" for person in people]
        return self._composer.compose(contacts, emails, [person.values for person in people], now())


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
        is_test=issue.kind == TEST,
    )
