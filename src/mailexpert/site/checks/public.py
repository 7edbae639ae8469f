"""What the operator shows to others: words of accounts (A29), and figures for partners (A25)."""

from django.db import connection
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_noop as _

from mailexpert.core.promises import Ground, Outcome, broken, check, kept
from mailexpert.site.models import Figure, Spent, Testimonial
from mailexpert.site.rules_statistics import BUDGET, SMALLEST

GUARD = "site_testimonial_published_with_consent"
CHANGEABLE = """
SELECT name FROM unnest(ARRAY['site_figure', 'site_spent']) AS name
WHERE has_table_privilege('mailexpert_app', name, 'UPDATE') OR has_table_privilege('mailexpert_app', name, 'DELETE')
"""


@check("A29", "consent")
def each_testimonial_stands_on_its_consent(ground: Ground) -> Outcome:
    published = Testimonial.objects.filter(published_at__isnull=False)
    faulty = published.filter(
        Q(consented_at=None) | Q(withdrawn_at__isnull=False) | Q(published_at__lt=F("consented_at"))
    ).count()
    if faulty:
        return broken(_("published testimonials without a standing consent: %(count)s"), count=faulty)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s AND convalidated", [GUARD])
        if cursor.fetchone() is None:
            return broken(_("the database would take a testimonial without consent"))
    return kept(_("testimonials on the site: %(count)s, each with its consent"), count=published.count())


@check("A25", "statistics")
def figures_for_partners_tell_of_nobody(ground: Ground) -> Outcome:
    with connection.cursor() as cursor:
        cursor.execute(CHANGEABLE)
        changeable = [name for (name,) in cursor.fetchall()]
    if changeable:
        return broken(_("published figures can be changed: %(tables)s"), tables=", ".join(changeable))
    small = Figure.objects.filter(group__lt=SMALLEST).count()
    if small:
        return broken(
            _("published figures of fewer than %(least)s accounts: %(count)s"), least=SMALLEST, count=small
        )
    spent = Spent.objects.values("quarter").annotate(epsilon=Sum("epsilon"))
    over = sorted(row["quarter"] for row in spent if row["epsilon"] > BUDGET)
    if over:
        return broken(
            _("the privacy budget of a quarter was overspent: %(quarters)s"), quarters=", ".join(over)
        )
    return kept(
        _("published figures: %(count)s, none of fewer than %(least)s accounts, within the budget of each quarter"),
        count=Figure.objects.count(), least=SMALLEST,
    )  # fmt: skip
