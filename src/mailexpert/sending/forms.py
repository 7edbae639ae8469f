"""The form of an account's own relay."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mailexpert.base import keys, outbound
from mailexpert.sending.models import Relay

SECRET_PURPOSE = "relay"  # noqa: S105
PORTS = (25, 26, 465, 587, 2465, 2525, 2587)  # a relay listens here; any other port would be a port scan
Security = Relay.Security


class RelayForm(forms.ModelForm):  # type: ignore[type-arg]
    field_order = ("host", "port", "security", "username", "password", "max_connections")

    host = forms.CharField(
        label=_("Host name"),
        max_length=253,
        help_text=_("Your provider calls it the SMTP server, like smtp.example.com."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    port = forms.TypedChoiceField(
        label=_("Port"), choices=[(port, str(port)) for port in PORTS], coerce=int, initial=587
    )
    security = forms.ChoiceField(
        label=_("Security"), choices=Security.choices, widget=forms.RadioSelect, initial=Security.STARTTLS
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    max_connections = forms.IntegerField(
        label=_("Connections at once"),
        min_value=1,
        max_value=50,
        initial=4,
        help_text=_("Your provider says how many it takes. Four is safe nearly everywhere."),
    )

    class Meta:
        model = Relay
        fields = ("host", "port", "security", "username", "max_connections")

    def __init__(self, *args: Any, resolver: outbound.Resolver = outbound.resolve, **options: Any) -> None:
        super().__init__(*args, **options)
        self._resolver = resolver
        names = ("host", "port", "security", "username", "secret")
        self._kept = {name: getattr(self.instance, name) for name in names} if self.instance.pk else {}
        if self._kept.get("secret"):
            self.fields["password"].help_text = _("Leave empty to keep the password that is stored.")

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"]).strip().rstrip(".").lower()
        try:
            outbound.target(host, 25, self._resolver)
        except outbound.Refused as problem:
            raise ValidationError(
                _(
                    "This host lies inside a private network. Give a mail server that is reachable from outside."
                )
            ) from problem
        except outbound.Unknown as problem:
            raise ValidationError(
                _("We can't find this host. Look whether its name is spelled well.")
            ) from problem
        return host

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("username") and given.get("security") == Security.NONE:
            self.add_error(
                "security", _("A password is only sent over a secured connection. Choose STARTTLS or TLS.")
            )
        if given.get("username") and not given.get("password"):
            self._check_kept_password(given)
        return given

    def _check_kept_password(self, given: dict[str, Any]) -> None:
        """The stored password only ever goes where it was meant to go: not to another host, not for another
        user, not less secured."""
        if not self._kept.get("secret"):
            self.add_error("password", _("Give the password that belongs to this user name."))
        elif any(given.get(name) != self._kept[name] for name in ("host", "port", "security", "username")):
            self.add_error("password", _("You changed where the password goes. Give it once more."))

    def sealed(self) -> str:
        """The password as it is stored: the new one, else the one there was, none without a user name."""
        if not self.cleaned_data["username"]:
            return ""
        given = self.cleaned_data["password"]
        return keys.seal(given, SECRET_PURPOSE) if given else str(self._kept.get("secret", ""))
