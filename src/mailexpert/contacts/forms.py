"""What people fill in about contacts."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from mailexpert.contacts import rules_bsn, rules_columns, rules_csv, words
from mailexpert.contacts.models import Field, Import, List
from mailexpert.contacts.rules_columns import CellProblem
from mailexpert.contacts.rules_zones import LABELS
from mailexpert.mail import address
from mailexpert.privacy.models import Ground, Purpose

NEW_LIST = "new"
LANGUAGES = [("", _("Not known")), ("nl", _("Dutch")), ("en", _("English"))]
GROUND_CHOICES = [
    (Ground.CONSENT, _("They gave their consent")),
    (Ground.SOFT_OPT_IN, _("They are customers, and could refuse when they bought something")),
    (Ground.CONTRACT, _("A contract asks for it, like a membership")),
    (Ground.LEGAL_DUTY, _("The law obliges us to")),
    (Ground.UNKNOWN, _("I don’t know. They are kept, but not mailed")),
]


def time_zones() -> list[tuple[str, Any]]:
    return [("", _("Not known")), *LABELS.items()]


class AddressField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("E-mail address"))
        kind = forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        super().__init__(max_length=320, widget=kind, **options)
        self.widget.input_type = "text"  # the browser refuses accents that we take

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        try:
            return address.parse(text).text
        except address.AddressProblem as problem:
            raise forms.ValidationError(
                _now("‘%(value)s’ is not an e-mail address.") % {"value": text}
            ) from problem


class CellField(forms.CharField):
    """A custom field, written as in a file: `24-11-2026`, `1.234,50`."""

    def __init__(self, field: Field, **options: Any) -> None:
        self.kind = field.kind
        super().__init__(label=field.label, required=False, max_length=rules_columns.LONGEST_VALUE, **options)

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        try:
            read = rules_columns.value(self.kind, text)
        except CellProblem as problem:
            raise forms.ValidationError(self._words(problem)) from problem
        return read == "t" if self.kind == Field.Kind.BOOLEAN else read

    def _words(self, problem: CellProblem) -> str:
        said = {
            "number": _now("‘%(value)s’ is not a number."),
            "date": _now("‘%(value)s’ is not a date. Write 2026-11-24 or 24-11-2026."),
            "boolean": _now("‘%(value)s’ is neither yes nor no."),
        }
        return said.get(problem.code, _now("This is too long.")) % {"value": problem.value}


class SeveralField(forms.MultipleChoiceField):
    """Kept as one text, the options in the order of the field."""

    def prepare_value(self, value: Any) -> Any:
        return value.split(", ") if isinstance(value, str) else value

    def clean(self, value: Any) -> Any:
        taken = super().clean(value)
        order = [str(option) for option, _label in list(self.widget.choices)]
        return ", ".join(option for option in order if option in taken) or None


class ContactForm(forms.Form):
    email = AddressField()
    first_name = forms.CharField(label=_("First name"), max_length=rules_columns.LONGEST_NAME, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=rules_columns.LONGEST_NAME, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones, required=False)

    def __init__(self, *args: Any, custom: Sequence[Field], **options: Any) -> None:
        super().__init__(*args, **options)
        self.custom = custom
        known = str(self.initial.get("language") or "")
        if known not in dict(LANGUAGES):  # it came with a file, and stays
            self.fields["language"].choices = [*LANGUAGES, (known, words.language(known))]  # type: ignore[attr-defined]
        for field in custom:
            self.fields[field.slot] = self._control(field)

    @staticmethod
    def _control(field: Field) -> forms.Field:
        options = [(option, option) for option in field.options]
        if field.kind == Field.Kind.CHOICE:
            return forms.TypedChoiceField(
                label=field.label, choices=[("", _("Not known")), *options], required=False, empty_value=None
            )
        if field.kind == Field.Kind.CHOICES:
            return SeveralField(
                label=field.label, choices=options, required=False, widget=forms.CheckboxSelectMultiple
            )
        if field.kind == Field.Kind.BOOLEAN:
            answers = [("", _("Not known")), ("t", _("Yes")), ("f", _("No"))]
            return forms.TypedChoiceField(
                label=field.label,
                choices=answers,
                required=False,
                empty_value=None,
                coerce=lambda word: word == "t",
            )
        return CellField(field)

    def values(self) -> dict[str, Any]:
        """The columns of the contact, without the address."""
        own = {name: " ".join(self.cleaned_data[name].split()) for name in ("first_name", "last_name")}
        custom = {field.slot: self.cleaned_data[field.slot] for field in self.custom}
        told = {name: self.cleaned_data[name] for name in ("language", "time_zone")}
        return {**own, **told, **custom}


class GroundForm(forms.Form):
    """On what ground somebody may be mailed, and how that can be shown."""

    ground = forms.ChoiceField(
        label=_("Why may you mail them?"), choices=GROUND_CHOICES, widget=forms.RadioSelect
    )
    evidence = forms.CharField(
        label=_("How can you show that?"),
        help_text=_("One sentence for the proof: where and when they said yes, and what they read then."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Without a sentence there is nothing to show when someone asks.")},
    )
    # An existing customer has evidence of its own: article 11.7(3) of the Telecommunications Act.
    bought = forms.CharField(
        label=_("What did they buy from you?"),
        help_text=_("You may mail them about what is like it, and about nothing else."),
        max_length=300,
    )
    ordered = forms.CharField(
        label=_("When, or in which order?"),
        help_text=_("For many people a stretch of time; their order numbers can stand in a field."),
        max_length=300,
    )
    could_refuse = forms.CharField(
        label=_("How could they refuse your mail then?"),
        help_text=_("What stood there. Who couldn’t refuse at the sale may not be mailed on this ground."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    OF_A_SALE = ("bought", "ordered", "could_refuse")
    use_required_attribute = False  # what is asked depends on other answers

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        ground = self.data.get(self.add_prefix("ground"))
        is_sale = ground == Ground.SOFT_OPT_IN
        self.fields["evidence"].required = not (is_sale or ground == Ground.UNKNOWN)
        for name in self.OF_A_SALE:
            self.fields[name].required = is_sale
            self.fields[name].is_needed_later = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("ground") == Ground.SOFT_OPT_IN and all(found.get(name) for name in self.OF_A_SALE):
            sale = {name: found[name].rstrip(". ") for name in self.OF_A_SALE}
            found["evidence"] = words.of_a_sale(**sale)
        return found


class SignUpForm(GroundForm):
    list = forms.TypedChoiceField(label=_("List"), coerce=int)
    field_order = ("list", "ground", "evidence", *GroundForm.OF_A_SALE)

    def __init__(self, *args: Any, lists: Sequence[List], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["list"].choices = [(one.id, one.name) for one in lists]  # type: ignore[attr-defined]
        self.fields["ground"].label = _("Why may you mail this person?")
        self.fields["evidence"].help_text = _(
            "One sentence for the proof: where and when this person said yes, and to what."
        )


class ListForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    purpose = forms.ChoiceField(
        label=_("What is it for?"),
        choices=Purpose.choices,
        widget=forms.RadioSelect,
        initial=Purpose.NEWSLETTER,
        help_text=_("People give their ground for this one thing, so it can’t be changed later."),
    )


class RenameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)


class FieldForm(forms.Form):
    label = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=Field.Kind.choices)
    options = forms.CharField(
        label=_("Choices"),
        help_text=_("One on each line, for the two kinds with choices."),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["options"].is_needed_later = True  # type: ignore[attr-defined]

    def clean_options(self) -> list[str]:
        lines = str(self.cleaned_data["options"]).replace(",", " ").splitlines()
        found = list(dict.fromkeys(" ".join(line.split())[:80] for line in lines if line.strip()))
        if self.cleaned_data.get("kind") not in (Field.Kind.CHOICE, Field.Kind.CHOICES):
            return []
        if not 2 <= len(found) <= 50:
            raise forms.ValidationError(_now("Give two to fifty choices, one on each line."))
        return found

    def clean_label(self) -> str:
        label = str(self.cleaned_data["label"])
        name = rules_columns.field_name(label)
        if not name:
            raise forms.ValidationError(_now("A name needs at least one letter from a to z."))
        if rules_bsn.is_named(name):
            raise forms.ValidationError(words.no_bsn())
        return label


class LabelForm(forms.Form):
    label = forms.CharField(label=_("Name"), max_length=80)


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("A spreadsheet (XLSX) or a CSV file. Any encoding and separator will do."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,text/csv,text/plain"}),
    )


class ShapeForm(forms.Form):
    """How a file is read, where we guessed wrong."""

    encoding = forms.ChoiceField(
        label=_("Encoding"),
        choices=[
            ("utf-8", "UTF-8"),
            ("windows-1252", "Windows-1252"),
            ("utf-16-le", "UTF-16"),
            ("utf-16-be", "UTF-16 (big-endian)"),
        ],
    )
    delimiter = forms.ChoiceField(
        label=_("Separator"),
        choices=[(",", _("comma")), (";", _("semicolon")), ("\t", _("tab")), ("|", _("bar"))],
    )
    has_header = forms.TypedChoiceField(
        label=_("First row"),
        choices=[("yes", _("names of the columns")), ("no", _("a contact"))],
        coerce=lambda word: word == "yes",
    )

    def clean_delimiter(self) -> str:
        return str(self.data["delimiter"])  # a tab is a value here, not space around one

    def shape(self) -> rules_csv.Shape:
        return rules_csv.Shape(**self.cleaned_data)


class ImportForm(GroundForm):
    """Where the people of a file go, and on what ground. The columns stand in controls of their own."""

    list = forms.ChoiceField(label=_("On which list?"))
    new_name = forms.CharField(
        label=_("Name of the new list"),
        max_length=100,
        error_messages={"required": _("Give the new list a name.")},
    )
    new_purpose = forms.ChoiceField(
        label=_("What is the new list for?"), choices=Purpose.choices, initial=Purpose.NEWSLETTER
    )
    existing = forms.ChoiceField(
        label=_("Who is there already"),
        choices=Import.Existing.choices,
        initial=Import.Existing.UPDATE,
        widget=forms.RadioSelect,
        required=False,
    )
    attested = forms.BooleanField(
        label=words.DECLARED,
        error_messages={"required": _("Without your declaration they can only come in without a ground.")},
    )
    field_order = (
        "list", "new_name", "new_purpose", "existing", "ground", "evidence", *GroundForm.OF_A_SALE, "attested",
    )  # fmt: skip

    def __init__(self, *args: Any, lists: Sequence[List], **options: Any) -> None:
        super().__init__(*args, **options)
        if self.data.get("ground") == Ground.UNKNOWN:
            self.fields["attested"].required = False
        existing = [(str(one.id), one.name) for one in lists]
        self.fields["list"].choices = [*existing, (NEW_LIST, _("A new list"))]  # type: ignore[attr-defined]
        self.fields["existing"].is_needed_later = True  # type: ignore[attr-defined]
        if self.is_bound and self.data.get("list") != NEW_LIST:
            self.fields["new_name"].required = self.fields["new_purpose"].required = False
