"""Sign-up forms, what they ask, and how often they were used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from mailexpert.accounts import actions_site
from mailexpert.accounts.models import Account
from mailexpert.base import env
from mailexpert.contacts import rules_signup, words_signup
from mailexpert.contacts.models import List
from mailexpert.contacts.models_signup import SignupCount, SignupForm, SignupQuestion, SignupText
from mailexpert.contacts.words_signup import Words
from mailexpert.core import brand
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.sending.models import SenderDomain

STRETCH = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Counts:
    shown: int = 0
    started: int = 0
    confirmed: int = 0


@dataclass(frozen=True, kw_only=True)
class Look:
    accent: str
    on_accent: str
    words: str
    ground: str
    dark_sheet: str
    dark_ground: str
    dark_words: str
    font: str


def by_key(key: str) -> SignupForm | None:
    """Beside the wall: the form's random name is all that a visitor brings."""
    with beside_wall(Beside.SIGNUP):
        return SignupForm.objects.filter(key=key).first()


def address_of(form: SignupForm) -> str:
    return f"{env.load().base_url}/aanmelden/{form.key}"


def own_hosts() -> list[str]:
    """Sites that are shown to be the account's; its verified sender domains are."""
    domains = SenderDomain.objects.filter(state=SenderDomain.State.VERIFIED)
    return [*actions_site.verified_hosts(), *domains.values_list("name", flat=True)]


def leads_on(url: str) -> str:
    """Where a form sends people on, as long as that is the account's own; it may have been let go since."""
    return url if url and rules_signup.leads_to(url, own_hosts()) else ""


def is_open(form: SignupForm) -> bool:
    return form.is_on and Account.objects.get().closing_at is None and bool(lists_of(form))


def forms() -> list[SignupForm]:
    return list(SignupForm.objects.order_by("name", "id"))


def lists_of(form: SignupForm) -> list[List]:
    """In the order of the form; a list that was put away takes nobody."""
    found = {one.id: one for one in List.objects.filter(id__in=form.list_ids, archived_at=None)}
    return [found[list_id] for list_id in form.list_ids if list_id in found]


def questions_of(form: SignupForm) -> list[SignupQuestion]:
    return list(form.questions.select_related("field").order_by("id"))


def words_of(form: SignupForm) -> Words:
    return words_signup.of_form(form, Account.objects.get(), lists_of(form), questions_of(form))


def text_of(form: SignupForm, revision: int) -> SignupText | None:
    """The words of a revision; the latest where that one is unknown."""
    kept = SignupText.objects.filter(form_id=form.id).order_by("-id")
    return kept.filter(revision=revision).first() or kept.first()


def texts(hashes: Sequence[str]) -> dict[str, str]:
    found = SignupText.objects.filter(hash__in=list(hashes))
    return {one.hash: one.body for one in found}


def counts(since: date) -> dict[int, Counts]:
    rows = SignupCount.objects.filter(day__gte=since).values("form_id")
    return {
        row["form_id"]: Counts(shown=row["a"], started=row["b"], confirmed=row["c"])
        for row in rows.annotate(a=Sum("shown"), b=Sum("started"), c=Sum("confirmed"))
    }


def counts_by_day(form: SignupForm, since: date) -> list[SignupCount]:
    return list(SignupCount.objects.filter(form=form, day__gte=since).order_by("-day"))


def look_of(accent: str) -> Look:
    """The account's brand; the form's own colour goes before it."""
    found = brand.of_account()
    chosen = accent if rules_signup.COLOUR(accent) else found.accent
    is_own = chosen != found.accent
    return Look(
        accent=chosen,
        on_accent=rules_signup.on(chosen) if is_own else found.on_accent,
        words=rules_signup.words(chosen) if is_own else found.words,
        ground=found.ground,
        dark_sheet=found.dark_sheet,
        dark_ground=found.dark_ground,
        dark_words="#ffffff" if is_own else found.dark_words,
        font=found.font,
    )
