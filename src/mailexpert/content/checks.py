"""The check before sending, as far as it concerns what was written; said in the reader's language."""

from dataclasses import dataclass

from mailexpert.content import queries, rules_checks
from mailexpert.content.problems import SourceError
from mailexpert.content.rules import compile_source
from mailexpert.content.values import Draft
from mailexpert.content.words import say


@dataclass(frozen=True, kw_only=True)
class Check:
    """`level`: block, warn or ok. `where`: subject, preheader, source, source:<line> or block:<number>."""

    code: str
    level: str
    text: str
    where: str


def check_draft(draft: Draft) -> list[Check]:
    """Everything to say about a mail before it leaves, what blocks it first."""
    try:
        compiled = compile_source(
            draft.kind, draft.source, title=draft.subject, language=draft.language, preheader=draft.preheader
        )
    except SourceError as wrong:
        found = rules_checks.refused(draft, wrong.problems)
    else:
        found = rules_checks.examine(draft, compiled, queries.field_names())
    return [Check(code=f.code, level=f.level, text=say(f.sentence, f.values), where=f.where) for f in found]
