"""Writing requests, conversions and advertising cost."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from mailexpert.tracking.models import AdCost, Channel, Conversion, ConversionLink
from mailexpert.tracking.rules_cost import Cost


@transaction.atomic
def keep_costs(source: str, costs: Iterable[Cost]) -> int:
    """An export that comes again replaces the days it names, so that nothing counts twice."""
    rows = [
        AdCost(
            day=cost.day, source=source, campaign=cost.campaign, keyword=cost.keyword, clicks=cost.clicks,
            cents=cost.cents, currency=cost.currency,
        )
        for cost in costs
    ]  # fmt: skip
    AdCost.objects.filter(source=source, day__in={row.day for row in rows}).delete()
    AdCost.objects.bulk_create(rows)
    return len(rows)


def note_conversion(
    *, source: str, click_id: str, campaign: str, keyword: str, account_id: int, choice: str
) -> bool:
    """A click becomes a conversion once. `choice` names the consent that it rests on. Inside the operator's account."""
    try:
        with transaction.atomic():
            made = Conversion.objects.create(
                via=Conversion.Via.REGISTRATION, channel=Channel.ADVERTISING, source=source, campaign=campaign,
                keyword=keyword,
            )  # fmt: skip
            ConversionLink.objects.create(
                conversion=made, click_id=click_id, customer_account_id=account_id, choice=choice
            )
    except IntegrityError:
        return False
    return True
