"""What a marketer chooses for a test of versions. Saved while one chooses, as the mailing itself."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from mailexpert.mail import address
from mailexpert.mailings import goals, versions
from mailexpert.mailings import rules_experiments as rule
from mailexpert.mailings.forms import one_line
from mailexpert.mailings.models_experiments import LETTERS, Experiment

HOURS = (1, 2, 4, 8, 12, 24, 48)
OTHERS = LETTERS[1 : rule.MOST_VERSIONS]
MOMENT = "%Y-%m-%dT%H:%M"
What = Experiment.What


class ExperimentForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at runtime
    class Meta:
        model = Experiment
        fields = ("what", "share", "hours", "goal", "decides", "on_tie")
        labels = {
            "what": _("What differs"),
            "decides": _("Who decides"),
            "on_tie": _("When there is no clear difference"),
        }
        widgets = {"what": forms.RadioSelect, "decides": forms.RadioSelect, "on_tie": forms.RadioSelect}

    share = forms.TypedChoiceField(
        label=_("How many get a version"),
        coerce=int,
    )
    hours = forms.TypedChoiceField(
        label=_("How long we wait"),
        coerce=int,
        help_text=_("From the moment that everyone with a version had their turn."),
    )
    goal = forms.ChoiceField(label=_("What decides"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Made for each reader: words with a number in them would stay in the language of the first one.
        self.fields["share"].choices = [  # type: ignore[attr-defined]
            (share, _now("%(share)s%% of the audience, divided over the versions") % {"share": share})
            for share in rule.SHARES
        ]
        self.fields["hours"].choices = [  # type: ignore[attr-defined]
            (n, ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}) for n in HOURS
        ]
        self.fields["goal"].choices = [(goal.key, goal.label) for goal in goals.all_goals()]  # type: ignore[attr-defined]
        self.initial.setdefault("goal", "clicks")
        said = {version.n: version for version in versions.tried(self.instance)} if self.instance.pk else {}
        for n, letter in enumerate(LETTERS[: rule.MOST_VERSIONS]):
            version = said.get(n)
            self._add_own(letter, version)

    def _add_own(self, letter: str, version: Any) -> None:
        """The fields in which a version says what it has of its own."""
        low, named = letter.lower(), {"letter": letter}
        if letter != "A":
            for name, label in (
                ("subject", _("Subject of version %(letter)s")),
                ("sender", _("Sender of version %(letter)s")),
            ):
                field = forms.CharField(
                    label=label % named, required=False, strip=True, validators=[one_line],
                    max_length=400 if name == "subject" else 320,
                    widget=forms.TextInput(attrs={"autocomplete": "off"}),
                )  # fmt: skip
                self._put(f"{name}_{low}", field, getattr(version, name, ""), is_needed=letter == "B")
        at = forms.DateTimeField(
            label=_("Moment of version %(letter)s") % named,
            required=False,
            input_formats=[MOMENT],
            widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "3600"}, format=MOMENT),
        )
        value = timezone.localtime(version.at) if version is not None and version.at else None
        self._put(f"at_{low}", at, value, is_needed=letter in "AB")

    def _put(self, name: str, field: forms.Field, value: Any, *, is_needed: bool) -> None:
        field.is_needed_later = is_needed  # type: ignore[attr-defined]
        self.fields[name] = field
        self.initial[name] = value

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("what") == What.SENDER:
            for letter in OTHERS:
                self._check_sender(f"sender_{letter.lower()}", data)
        if data.get("what") == What.TIME:
            for letter in LETTERS:
                at = data.get(f"at_{letter.lower()}")
                if isinstance(at, datetime) and (at.minute or at.second):
                    self.add_error(
                        f"at_{letter.lower()}", _("Choose a whole hour: clicks are added up by the hour.")
                    )
        return data

    def _check_sender(self, name: str, data: dict[str, Any]) -> None:
        if not data.get(name):
            return
        try:
            address.parse_sender(data[name])
        except address.AddressProblem:
            self.add_error(
                name,
                ValidationError(
                    _("This is no sender. Write an address, or a name with the address between < and >.")
                ),
            )

    def written(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def others(self) -> list[dict[str, Any]] | None:
        """What each version from A on says of its own; None where they are drafts."""
        what = self.cleaned_data["what"]
        if what == What.CONTENT:
            return None
        if what == What.TIME:
            moments = [self.cleaned_data.get(f"at_{letter.lower()}") for letter in LETTERS]
            return [{"at": at} for n, at in enumerate(moments) if at or n == 0]
        said = [self.cleaned_data.get(f"{what}_{letter.lower()}") for letter in OTHERS]
        return [{}, *({what: value} for value in said if value)]

    def group(self, name: str) -> list[forms.BoundField]:
        letters = LETTERS if name == "at" else OTHERS
        return [self[f"{name}_{letter.lower()}"] for letter in letters]

    @property
    def subjects(self) -> list[forms.BoundField]:
        return self.group("subject")

    @property
    def senders(self) -> list[forms.BoundField]:
        return self.group("sender")

    @property
    def moments(self) -> list[forms.BoundField]:
        return self.group("at")
