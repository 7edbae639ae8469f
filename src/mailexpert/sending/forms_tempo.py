"""How fast and when mail goes out, as a marketer fills it in."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailexpert.mail import address
from mailexpert.sending.actions_tempo import Wanted
from mailexpert.sending.models import Tempo

ZONES = sorted(
    zone for zone in available_timezones() if zone.startswith(("Europe/", "America/", "Africa/", "Asia/"))
)
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class TempoForm(forms.Form):
    per_hour = forms.IntegerField(
        label=_("At most so many mails an hour"),
        required=False,
        min_value=1,
        max_value=10_000_000,
        help_text=_(
            "For all your mailings together. Leave empty for as fast as your mail server takes them."
        ),
    )
    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=CLOCK)
    quiet_until = forms.TimeField(label=_("Quiet until"), required=False, widget=CLOCK)
    time_zone = forms.ChoiceField(
        label=_("By the clock of"), choices=[(zone, zone.replace("_", " ")) for zone in ZONES], required=False
    )

    @staticmethod
    def initial_of(kept: Tempo | None) -> dict[str, Any]:
        if kept is None:
            return {"time_zone": str(timezone.get_default_timezone_name())}
        return {name: getattr(kept, name) for name in TempoForm.base_fields}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        begin, end = given.get("quiet_from"), given.get("quiet_until")
        if (begin is None) != (end is None) and not self.errors:
            missing = "quiet_until" if end is None else "quiet_from"
            self.add_error(missing, _("Give both times, or neither."))
        elif begin is not None and begin == end:
            self.add_error("quiet_until", _("These are the same time. Then nothing would ever be quiet."))
        return given

    def values(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(**given | {"time_zone": given["time_zone"] or timezone.get_default_timezone_name()})


class DomainForm(forms.Form):
    domain = forms.CharField(
        label=_("Sender domain"),
        max_length=253,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_domain(self) -> str:
        try:
            return address.parse(f"info@{self.cleaned_data['domain'].strip()}").domain
        except address.AddressProblem as problem:
            raise ValidationError(_("This is no domain. Write it like nieuws.winkel.example.")) from problem


class DomainLimitForm(DomainForm):
    per_hour = forms.IntegerField(label=_("Mails an hour"), min_value=1, max_value=10_000_000)

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("auto_id", "id_limit_%s")  # another form of the page has these names too
        super().__init__(*args, **options)


class WarmupForm(DomainForm):
    first_day = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    first = forms.IntegerField(
        label=_("Mails to each receiver on that day"), min_value=10, max_value=100_000, initial=200
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["first_day"].initial = timezone.localdate
