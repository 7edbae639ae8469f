"""Versions of the policy (A31), and the policy that everyone can read (A32)."""

from datetime import timedelta

from django.db.models import Count, Max, Q
from django.utils.translation import gettext_noop as _

from mailexpert.core import promises
from mailexpert.core.promises import Ground, Outcome, broken, check, kept
from mailexpert.privacy.checks.wire import fetch
from mailexpert.privacy.models import Edition, EditionNotice

TERM = timedelta(days=30)


@check("A31", "notices")
def no_version_holds_before_its_time(ground: Ground) -> Outcome:
    announced = Edition.objects.exclude(in_force_at=None).filter(number__gt=1)
    timed = announced.annotate(
        last=Max("notices__out_at"), out=Count("notices", filter=~Q(notices__out_at=None), distinct=True)
    )
    channels = len(EditionNotice.Channel)
    early = [one for one in timed if one.out < channels or one.in_force_at < one.last + TERM]
    if early:
        return broken(_("versions in force without four notices 30 days before: %(count)s"), count=len(early))
    return kept(
        _("versions announced and in force: %(count)s, each 30 days after its last notice"), count=len(timed)
    )


@check("A32", "policy")
def the_policy_shows_its_promises(ground: Ground) -> Outcome:
    for path in ("/privacy/", "/en/privacy/"):
        page = fetch(ground.env.base_url + path)
        missing = [one.id for one in promises.promises() if f'id="{one.id}"' not in page.body]
        if page.status != 200 or missing:
            return broken(
                _("%(path)s doesn’t show %(names)s"), path=path, names=", ".join(missing) or page.status
            )
    return kept(_("the policy is public in two languages and shows each promise beside its words"))
