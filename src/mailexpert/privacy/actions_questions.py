"""Questions that people ask us: taken in with a deadline, answered by mail."""

from datetime import timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from mailexpert.accounts.letters import LETTERS, Context, Letter, write
from mailexpert.accounts.models import User
from mailexpert.base import clock, env
from mailexpert.privacy.models import Question

# Days until an answer is due.
DAYS = {Question.About.SECURITY: 3, Question.About.PRIVACY: 14, Question.About.OTHER: 14}
MOST_TOLD = 50


class Answered(Exception):
    """Somebody answered this question already."""


@transaction.atomic
def ask(*, about: str, name: str, email: str, text: str, language: str) -> Question:
    """Take a question in, and tell everyone who can answer it."""
    now = clock.now()
    made = Question.objects.create(
        about=about,
        name=" ".join(name.split()),
        email=email,
        text=text,
        language=language,
        asked_at=now,
        due_at=now + timedelta(days=DAYS[Question.About(about)]),
    )
    for staff in User.objects.filter(is_staff=True, is_active=True)[:MOST_TOLD]:
        with translation.override(staff.language):
            write("privacy/asked", staff.email, {"user": staff, "question": made})
    return made


@transaction.atomic
def answer(question: Question, text: str, by: User) -> None:
    """Mail the answer to who asked. Raises Answered."""
    found = Question.objects.select_for_update().get(id=question.id)
    if found.answered_at is not None:
        raise Answered(Answered.__doc__)
    Question.objects.filter(id=found.id).update(answer=text, answered_at=clock.now(), answered_by=by)
    with translation.override(found.language):
        write("privacy/answer", found.email, {"question": found, "answer": text})


def _asked(context: Context) -> Letter:
    question: Question = context["question"]
    return Letter(
        subject=_("A question for MailExpert: %(about)s") % {"about": question.get_about_display()},
        paragraphs=(
            _("Somebody asked us something. An answer is due before %(day)s.")
            % {"day": question.due_at.strftime("%d-%m-%Y")},
        ),
        button=_("Read and answer"),
        url=f"{env.load().base_url}/beheer/vragen/{question.id}/",
    )


def _answered(context: Context) -> Letter:
    question: Question = context["question"]
    return Letter(
        subject=_("Answer to your question to MailExpert"),
        paragraphs=(*_paragraphs(context["answer"]), _("You asked:"), *_paragraphs(question.text)),
    )


def _paragraphs(text: str) -> list[str]:
    return [piece.strip() for piece in text.replace("\r\n", "\n").split("\n\n") if piece.strip()]


LETTERS |= {"privacy/asked": _asked, "privacy/answer": _answered}
