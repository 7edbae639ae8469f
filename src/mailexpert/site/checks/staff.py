"""Staff who signed (A16), and what was given out (A24)."""

from django.db.models import Count, Q
from django.utils.translation import gettext_noop as _

from mailexpert.accounts.models import User
from mailexpert.core.promises import Ground, Outcome, broken, check, kept
from mailexpert.privacy.models import Disclosure, Document, Look, Signature
from mailexpert.privacy.queries_policy import in_force


@check("A16", "signed")
def everyone_signed(ground: Ground) -> Outcome:
    number = in_force(Document.STAFF, "nl").number
    staff = set(User.objects.filter(is_staff=True, is_active=True).values_list("pk", flat=True))
    signed = set(Signature.objects.filter(number=number).values_list("user_id", flat=True))
    ever = set(Signature.objects.values_list("user_id", flat=True))
    looked = set(Look.objects.values_list("user_id", flat=True)) - ever
    if looked:
        return broken(
            _("people who looked at customer data without ever signing: %(count)s"), count=len(looked)
        )
    if staff - signed:
        return broken(
            _("%(signed)s of %(staff)s signed version %(number)s"),
            signed=len(staff & signed), staff=len(staff), number=number,
        )  # fmt: skip
    return kept(
        _("%(signed)s of %(staff)s signed version %(number)s"),
        signed=len(staff & signed), staff=len(staff), number=number,
    )  # fmt: skip


@check("A24", "disclosures")
def each_disclosure_has_two_approvals(ground: Ground) -> Outcome:
    given = Disclosure.objects.filter(state=Disclosure.State.GIVEN).annotate(
        voices_for=Count("voices__user_id", filter=Q(voices__approves=True), distinct=True)
    )
    faulty = given.filter(Q(voices_for__lt=2) | Q(ground="") | Q(reference="")).count()
    if faulty:
        return broken(_("disclosures without a ground and two approvals: %(count)s"), count=faulty)
    return kept(_("disclosures: %(count)s, each with its ground and two approvals"), count=given.count())
