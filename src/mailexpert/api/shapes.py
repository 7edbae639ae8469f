"""The documents that go in and out. Ids are whole numbers; times are ISO 8601 with a zone."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

BIGGEST = 2**63 - 1


def _no_control(value: str) -> str:
    if "\0" in value:
        raise ValueError("must not hold a NUL character")
    return value


def _one_line(value: str) -> str:
    if any(sign in value for sign in "\r\n\0"):
        raise ValueError("must be one line")
    return value


Id = Annotated[int, Field(ge=1, le=BIGGEST)]
Line = Annotated[str, AfterValidator(_one_line)]
Text = Annotated[str, AfterValidator(_no_control)]
Name = Annotated[Line, Field(min_length=1, max_length=200, pattern=r"\S")]
ListName = Annotated[Line, Field(min_length=1, max_length=100, pattern=r"\S")]
Purpose = Literal["newsletter", "offers", "events", "fundraising", "research", "service"]
Ground = Literal["consent", "soft_opt_in", "contract", "legal_duty", "unknown"]
Tracking = Literal["none", "aggregate", "last_active", "individual"]


class Strict(Schema):
    """What comes in: an unknown member is an error, so that a typing mistake is seen."""

    model_config = ConfigDict(extra="forbid")


class ProblemDocument(Schema):
    type: str
    title: str
    status: int
    detail: str = ""


class ListIn(Strict):
    name: ListName
    purpose: Purpose


class ListOut(Schema):
    id: int
    name: str
    purpose: str
    created_at: datetime


class ContactIn(Strict):
    email: Annotated[Line, Field(max_length=320)]
    first_name: Annotated[Line, Field(max_length=200)] = ""
    last_name: Annotated[Line, Field(max_length=200)] = ""
    list: Id
    ground: Ground
    source: Annotated[Line, Field(max_length=500)] = "API"


class MembershipOut(Schema):
    list: int
    ground: str
    since: datetime
    ended_at: datetime | None


class ContactOut(Schema):
    id: int
    email: str
    first_name: str
    last_name: str
    fields: dict[str, str | float | bool | None]
    lists: list[MembershipOut]
    suppressed: bool
    created_at: datetime


class ImportOut(Schema):
    id: int
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    added: int
    updated: int
    unchanged: int
    refused: int
    reason: str


class TemplateIn(Strict):
    name: Name
    kind: Literal["blocks", "mjml", "html", "text"]
    source: Annotated[Text, Field(max_length=500_000)]
    subject: Annotated[Line, Field(max_length=250)] = ""
    preheader: Annotated[Line, Field(max_length=250)] = ""
    language: Literal["nl", "en"] = "nl"


class TemplateOut(Schema):
    id: int
    name: str
    kind: str
    source: str
    subject: str
    preheader: str
    language: str
    updated_at: datetime


class ImageOut(Schema):
    id: int
    name: str
    alt: str
    decorative: bool
    width: int
    height: int
    size: int
    url: str


class GalleryOut(Schema):
    slug: str
    name: str
    description: str
    kind: str
    language: str
    subject: str
    preheader: str
    source: str


class MailingIn(Strict):
    name: Name
    subject: Annotated[Line, Field(max_length=400)]
    sender: Annotated[Line, Field(max_length=320)]
    template: Id | None = None
    html: Annotated[Text, Field(max_length=500_000)] | None = None
    preheader: Annotated[Line, Field(max_length=400)] = ""
    lists: Annotated[list[Id], Field(max_length=100)]
    exclude_lists: Annotated[list[Id], Field(max_length=100)] = []
    segments: Annotated[list[Id], Field(max_length=100)] = []
    tracking: Tracking = "aggregate"
    language: Literal["nl", "en"] = "nl"


class QuestionIn(Strict):
    """`name`: first_name, last_name, language, or the name of a field of your own. `why` stands beside the question;
    without `keep_months` the answer is kept as long as the contact."""

    name: Annotated[Line, Field(min_length=1, max_length=40)]
    why: Annotated[Line, Field(min_length=1, max_length=200)]
    keep_months: Literal[12, 24, 60] | None = None
    is_required: bool = False


class FormIn(Strict):
    """A form as a whole. `sender`: whom its confirmation mail is from, `Name <address>` on a verified domain; empty:
    as your last mailing. `is_on`: whether it takes sign-ups."""

    name: ListName
    language: Literal["nl", "en"] = "nl"
    lists: Annotated[list[Id], Field(min_length=1, max_length=10)]
    title: Annotated[Line, Field(min_length=1, max_length=150)]
    intro: Annotated[Text, Field(max_length=1_000)] = ""
    button: Annotated[Line, Field(max_length=60)] = ""
    thanks: Annotated[Text, Field(max_length=1_000)] = ""
    privacy_url: Annotated[Line, Field(min_length=1, max_length=500)]
    privacy_version: Annotated[Line, Field(max_length=60)] = ""
    sender: Annotated[Line, Field(max_length=300)] = ""
    sent_url: Annotated[Line, Field(max_length=500)] = ""
    thanks_url: Annotated[Line, Field(max_length=500)] = ""
    accent: Annotated[Line, Field(max_length=7)] = ""
    double_opt_in: bool = True
    questions: Annotated[list[QuestionIn], Field(max_length=100)] = []
    is_on: bool = False


class FormOut(Schema):
    """`questions`: the names under which answers come in."""

    id: int
    name: str
    language: str
    title: str
    sender: str
    url: str
    code: str
    is_on: bool
    double_opt_in: bool
    lists: list[int]
    questions: list[str]
    created_at: datetime


class FormPage(Schema):
    items: list[FormOut]
    next: int | None


class SignupIn(Strict):
    """`values`: answers by the names that the form lists under `questions`. `shown`: the words that the person read,
    where your own page shows others than the form's; they are kept as proof. `page`: where it was filled in."""

    email: Annotated[Line, Field(max_length=320)]
    values: dict[Annotated[Line, Field(max_length=20)], Annotated[Line, Field(max_length=500)]] = {}
    lists: Annotated[list[Id], Field(max_length=10)] = []
    shown: Annotated[Text, Field(max_length=20_000)] = ""
    page: Annotated[Line, Field(max_length=2_000)] = ""


class SignupOut(Schema):
    state: Literal["received"]


class SegmentIn(Strict):
    name: ListName
    rules: dict[str, object]


class SegmentOut(Schema):
    id: int
    name: str
    rules: dict[str, object]
    created_at: datetime


class SegmentCountOut(Schema):
    count: int
    exact: bool


class CountsOut(Schema):
    planned: int
    waiting: int
    sent: int
    skipped: int
    failed: int
    deferred: int
    in_doubt: int
    opens: int | None
    clicks: int | None
    machine_opens: int | None
    machine_clicks: int | None
    unsubscribed: int
    bounced: int
    complained: int


class MailingOut(Schema):
    id: int
    name: str
    subject: str
    sender: str
    state: Literal["draft", "scheduled", "sending", "paused", "sent", "cancelled"]
    reason: str
    lists: list[int]
    exclude_lists: list[int]
    segments: list[int]
    tracking: str
    scheduled_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    counts: CountsOut


class SendIn(Strict):
    at: datetime | None = None


class VersionIn(Strict):
    """What a version has of its own: one of these."""

    subject: Annotated[Line, Field(max_length=400)] = ""
    sender: Annotated[Line, Field(max_length=320)] = ""
    at: datetime | None = None


class TestIn(Strict):
    what: Literal["subject", "sender", "time"]
    versions: Annotated[list[VersionIn], Field(min_length=1, max_length=4)]
    share: Literal[10, 20, 30, 40, 50] = 20
    hours: Annotated[int, Field(ge=1, le=48)] = 4
    goal: Annotated[Line, Field(max_length=20)] = "clicks"
    decides: Literal["automatic", "hand"] = "automatic"
    on_tie: Literal["first", "ask"] = "first"


class ChoiceIn(Strict):
    version: Literal["A", "B", "C", "D"]


class CheckOut(Schema):
    code: str
    level: Literal["block", "warn", "ok"]
    text: str
    where: str


class LinkOut(Schema):
    target: str
    clicks: int | None
    machine_clicks: int | None


class HourOut(Schema):
    at: datetime
    clicks: int
    opens: int


class SplitOut(Schema):
    """`name` is empty for what is told together."""

    name: str
    clicks: int | None
    opens: int | None


class PlaceOut(Schema):
    name: str
    planned: int
    sent: int
    failed: int


class VersionOut(Schema):
    """A version of a test, or (`letter` empty) everyone else. Figures of fewer than 20 people are null."""

    letter: str
    subject: str
    winner: bool
    planned: int
    waiting: int
    sent: int
    skipped: int
    failed: int
    deferred: int
    in_doubt: int
    clicks: int | None
    machine_clicks: int | None
    unsubscribed: int | None


class ReportOut(Schema):
    mailing: MailingOut
    summary: str
    links: list[LinkOut]
    hours: list[HourOut]
    devices: list[SplitOut]
    countries: list[SplitOut]
    providers: list[PlaceOut]
    domains: list[PlaceOut]
    skipped: dict[str, int]
    failed: dict[str, int]
    versions: list[VersionOut] = []


class DoubtfulOut(Schema):
    contact: int
    email: str
    since: datetime
    may_go_again: bool


class DoubtfulPage(Schema):
    items: list[DoubtfulOut]
    next: int | None


class DoubtfulOrdered(Schema):
    ordered: int
    mailing: MailingOut


OrderNumber = Annotated[Line, Field(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$")]
Amount = Annotated[Decimal, Field(ge=0, le=100_000_000, max_digits=12, decimal_places=2)]


class OrderIn(Strict):
    number: OrderNumber
    value: Amount
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    goal: Annotated[Line, Field(max_length=50)] = ""
    at: AwareDatetime | None = None
    click: Annotated[Line, Field(max_length=700)] = ""
    email_sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""


class RefundIn(Strict):
    number: OrderNumber
    refunded: Amount | None = None


class OrderOut(Schema):
    number: str
    goal: str
    value: Decimal
    refunded: Decimal
    currency: str
    state: Literal["counted", "cancelled"]
