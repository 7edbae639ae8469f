"""How a mailing is held and moved. Whoever acts on one, locks it first and looks again."""

from mailexpert.mailings.models import Mailing


def locked(mailing_id: int) -> Mailing:
    return Mailing.objects.select_for_update().get(id=mailing_id)


def move(mailing: Mailing, state: str, **fields: object) -> None:
    mailing.state = state
    for name, value in fields.items():
        setattr(mailing, name, value)
    mailing.save(update_fields=["state", "updated_at", *fields])
