from datetime import timedelta

from mailexpert.base.clock import now
from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.sending import jobs
from mailexpert.sending.models import Reply


def test_replies_are_forgotten_after_thirty_days(shop: Tenant, stranger: Tenant) -> None:
    for tenant in (shop, stranger):
        with account(tenant.id):
            for days in (29, 31):
                at = now() - timedelta(days=days)
                Reply.objects.create(issue_id=1, contact_id=days, attempt=1, text="450 later", at=at)
    jobs.forget_replies.run()
    with beside_wall(Beside.TESTS):
        assert list(Reply.objects.values_list("contact_id", flat=True)) == [29, 29]
