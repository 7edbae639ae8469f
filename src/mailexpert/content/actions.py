"""What can be done with a template, and trying a mail on one reader."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from mailexpert.base import env
from mailexpert.content import problems, revisions, uses
from mailexpert.content.dress import dressed
from mailexpert.content.models import Brand, Image, Revision, Template
from mailexpert.content.problems import Problem, SourceError
from mailexpert.content.queries_readers import Reader, reader_values
from mailexpert.content.rules import LARGEST_SOURCE, compile_source
from mailexpert.content.values import Draft, Preview, Starter
from mailexpert.content.words import say
from mailexpert.mail import personalise
from mailexpert.mail.address import AddressProblem
from mailexpert.mail.browser import with_browser_link
from mailexpert.mail.footer import with_footer
from mailexpert.sending import testmail

# A preview's links lead nowhere: who looks at a mail of their own must not unsubscribe anyone.
NOWHERE = "#"


class ChangedMeanwhile(Exception):
    """Someone else saved this template after you opened it."""


def make_template(*, name: str, draft: Draft, folder: str = "") -> Template:
    """Keep a new template. Its source may still be wrong; checks before sending say so."""
    return Template.objects.create(
        name=one_line(name), kind=draft.kind, folder=one_line(folder)[:100], **_columns(draft)
    )


def make_from_starter(starter: Starter) -> Template:
    draft = Draft(
        kind=starter.kind,
        source=dressed(starter.kind, starter.source, starter.language),
        subject=starter.subject,
        preheader=starter.preheader,
        language=starter.language,
    )
    return make_template(name=starter.name, draft=draft)


@transaction.atomic
def change_template(
    template_id: int, *, version: int, name: str, draft: Draft, by: int | None = None
) -> None:
    """Save over the version that was opened, and keep how it stood before. Raises ChangedMeanwhile when that is no
    longer the newest."""
    found = Template.objects.select_for_update().filter(id=template_id, version=version).first()
    if found is None:
        raise ChangedMeanwhile(ChangedMeanwhile.__doc__)
    before, since, now = draft_of(found), found.updated_at, timezone.now()
    Template.objects.filter(id=template_id).update(
        name=one_line(name), version=F("version") + 1, updated_at=now, **_columns(draft)
    )
    owner = revisions.Owner(template_id=template_id)
    revisions.keep(owner, before=before, after=draft, by=by, now=now, stood_since=since)


def restore_template(template: Template, revision: Revision, *, by: int) -> None:
    written = {name: getattr(revision, name) for name in ("source", "subject", "preheader")}
    draft = replace(draft_of(template), **written)
    change_template(template.pk, version=template.version, name=template.name, draft=draft, by=by)


def blank_blocks(language: str) -> str:
    """An empty mail of blocks in the account's brand."""
    empty = json.dumps({"blocks": [{"kind": "heading", "text": "", "level": "1"}]})
    return dressed("blocks", empty, language)


def copy_template(template: Template, *, name: str) -> Template:
    return make_template(name=name, draft=draft_of(template), folder=template.folder)


@transaction.atomic
def rewrite_templates(piece: str, change: uses.Change) -> int:
    """Every template that holds this piece of text; how each stood is kept as its earlier version."""
    changed = 0
    for row in Template.objects.select_for_update().filter(source__contains=piece).order_by("id"):
        source = change(row.kind, row.source)
        if source != row.source:
            draft = replace(draft_of(row), source=source)
            change_template(row.pk, version=row.version, name=row.name, draft=draft)
            changed += 1
    return changed


def swap_logo(old: str, new: str) -> int:
    """The brand's logo, by the names of the old file and the new one."""
    token = new.rpartition(".")[0]
    changed = Brand.objects.filter(logo__token=old.rpartition(".")[0])
    return changed.update(logo=Image.objects.filter(token=token).values("id")[:1])


def move_template(template: Template, folder: str) -> None:
    """Into a folder; one that nothing lies in isn't there any more."""
    template.folder = one_line(folder)[:100]
    template.save(update_fields=["folder"])


def rename_folder(old: str, new: str) -> int:
    """Everything in it moves; into an existing one they join."""
    return Template.objects.filter(folder=old).update(folder=one_line(new)[:100])


@transaction.atomic
def delete_template(template: Template) -> None:
    template.delete()


def draft_of(template: Template) -> Draft:
    return Draft(
        kind=template.kind,
        source=template.source,
        subject=template.subject,
        preheader=template.preheader,
        language=template.language,
    )


def _columns(draft: Draft) -> dict[str, Any]:
    return {
        "source": draft.source[: LARGEST_SOURCE * 2],
        "subject": one_line(draft.subject),
        "preheader": one_line(draft.preheader),
        "language": draft.language,
    }


def one_line(value: str) -> str:
    """A header can't hold a line break; whoever pastes one means a space."""
    return " ".join(value.split())


def render_preview(draft: Draft, who: Reader = None, *, sender_line: str = "") -> Preview:
    """What this reader gets, the footer of every mailing under it. A wrong source gives its problems instead."""
    try:
        compiled = compile_source(
            draft.kind,
            draft.source,
            title=draft.subject,
            language=draft.language,
            preheader=draft.preheader,
        )
        linked = with_browser_link(compiled.html, compiled.text, draft.language, _example_page())
        html, text = with_footer(*linked, draft.language, sender_line)
        values = reader_values(who, html, text, draft.subject, draft.preheader)
        return Preview(
            subject=one_line(_line(draft.subject, values)),
            preheader=one_line(_line(draft.preheader, values)),
            html=personalise.render_html(html, values, **dict.fromkeys(personalise.ADDRESSES, NOWHERE)),
            text=personalise.render_text(text, values, **_example_addresses()),
            removed=compiled.removed,
        )
    except SourceError as refused:
        return Preview(problems=refused.problems)
    except personalise.RenderProblem as failed:
        found = Problem(line=failed.line, sentence=problems.SYNTAX, values={"detail": str(failed)})
        return Preview(problems=(found,))


def _example_page() -> str:
    return f"{env.load().base_url}/lezen/…/"


def _example_addresses() -> dict[str, str]:
    """How the addresses look in a text; these stop nobody."""
    base = env.load().base_url
    return {
        personalise.UNSUBSCRIBE: f"{base}/uitschrijven/…",
        personalise.PREFERENCES: f"{base}/voorkeuren/…",
    }


def send_test(draft: Draft, *, to: str, sender_line: str) -> str:
    """One mail of this draft to look at in a real mailbox, through the same composer and relay. Says what happened,
    in words."""
    try:
        compiled = compile_source(
            draft.kind, draft.source, title=draft.subject, language=draft.language, preheader=draft.preheader
        )
        html, text = with_browser_link(compiled.html, compiled.text, draft.language, _example_page())
        testmail.send(
            testmail.TestMail(
                to=to,
                subject=draft.subject or _("(no subject)"),
                html=html,
                text=text,
                sender=_test_sender(to),
                reply_to="",
                language=draft.language,
                sender_line=sender_line,
                values=reader_values(None, compiled.html, compiled.text, draft.subject),
            )
        )
    except SourceError as wrong:
        first = wrong.problems[0]
        return _("Not sent. Line %(line)s: %(why)s") % {
            "line": first.line,
            "why": say(first.sentence, first.values),
        }
    except (testmail.NotSent, AddressProblem) as problem:
        return _("Not sent: %(why)s") % {"why": problem}
    return _("The test mail is on its way to %(to)s.") % {"to": to}


def _test_sender(to: str) -> str:
    """A template has no sender yet: the installation's own, or on a machine without a name the writer."""
    sender = settings.DEFAULT_FROM_EMAIL
    return sender if "." in sender.rpartition("@")[2] else to


def _line(source: str, values: Mapping[str, Any]) -> str:
    return personalise.render_text(source, values, **dict.fromkeys(personalise.ADDRESSES, NOWHERE))
