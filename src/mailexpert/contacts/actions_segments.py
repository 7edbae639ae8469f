"""What one can do with segments and labels."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone

from mailexpert.contacts.actions import NameTaken
from mailexpert.contacts.jobs import index_slots
from mailexpert.contacts.models import Segment, Tag, Tagging
from mailexpert.contacts.queries_catalogue import catalogue_for
from mailexpert.contacts.rules import facts, tree
from mailexpert.core.jobs import defer
from mailexpert.sending.models import Suppression

MOST_SEGMENTS = 500


class BadRules(Exception):
    """Some rules can't be kept; `problems` says which, by their place, and why."""

    def __init__(self, problems: dict[tuple[int, ...], str]) -> None:
        super().__init__(", ".join(sorted(set(problems.values()))))
        self.problems = problems


class InUse(Exception):
    """A mailing goes to this segment, so it stays."""


class TooMany(Exception):
    """An account has room for 500 segments."""


@transaction.atomic
def keep_segment(
    name: str, rules: tree.Group, *, segment_id: int | None = None, by_id: int | None = None
) -> Segment:
    """Make a segment or change one. Raises BadRules, NameTaken, TooMany, Segment.DoesNotExist."""
    problems = facts.check(rules, catalogue_for([rules]))
    if problems:
        raise BadRules(problems)
    if segment_id is None and Segment.objects.count() >= MOST_SEGMENTS:
        raise TooMany(TooMany.__doc__)
    values = {"name": name, "rules": tree.dump(rules)}
    try:
        with transaction.atomic():
            if segment_id is None:
                kept = Segment.objects.create(by_id=by_id, **values)
            else:
                Segment.objects.filter(id=segment_id).update(updated_at=timezone.now(), **values)
                kept = Segment.objects.get(id=segment_id)
    except IntegrityError as problem:
        raise NameTaken(name) from problem
    defer(index_slots)
    return kept


def delete_segment(segment_id: int) -> None:
    """Raises InUse. Nobody in it is touched."""
    try:
        with transaction.atomic():
            Segment.objects.filter(id=segment_id).delete()
    except IntegrityError as problem:
        raise InUse(InUse.__doc__) from problem


def make_tag(name: str) -> Tag:
    """The label of this name, made where there is none."""
    name = " ".join(name.split())
    found = Tag.objects.filter(name__iexact=name).first()
    return found or Tag.objects.create(name=name)


def tag(contact_ids: Iterable[int], tag_id: int) -> None:
    Tagging.objects.bulk_create(
        [Tagging(tag_id=tag_id, contact_id=contact_id) for contact_id in contact_ids], ignore_conflicts=True
    )


def untag(contact_ids: Iterable[int], tag_id: int) -> None:
    Tagging.objects.filter(tag_id=tag_id, contact_id__in=list(contact_ids)).delete()


@transaction.atomic
def delete_tag(tag_id: int) -> None:
    Tagging.objects.filter(tag_id=tag_id).delete()
    Tag.objects.filter(id=tag_id).delete()


def lift(suppression_id: int) -> bool:
    """Try an address again that bounced or was blocked by hand. Not who objected or complained."""
    liftable = (Suppression.Reason.BOUNCE, Suppression.Reason.HAND)
    return bool(Suppression.objects.filter(id=suppression_id, reason__in=liftable).delete()[0])
