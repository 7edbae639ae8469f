"""The forms of an account's own relays."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mailexpert.base import keys, outbound
from mailexpert.mail import providers
from mailexpert.sending.models import Relay
from mailexpert.sending.probe import SECRET_PURPOSE

WHERE_IT_GOES = ("host", "port", "security", "login", "username", "token_url", "secret", "client_secret")
PORTS = (25, 26, 465, 587, 2465, 2525, 2587)  # a relay listens here; any other port would be a port scan
Security, Login = Relay.Security, Relay.Login


class RelayForm(forms.ModelForm):  # type: ignore[type-arg]
    name = forms.CharField(label=_("Name, for yourself"), max_length=100, required=False)
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
    login = forms.ChoiceField(
        label=_("How to log in"),
        choices=Login.choices,
        widget=forms.RadioSelect,
        initial=Login.PASSWORD,
        required=False,
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=4000,
        required=False,
        strip=False,
        help_text=_("Or the access token; with an address for new ones below, the refresh token."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    token_url = forms.URLField(
        label=_("Where new access tokens come from"), max_length=300, required=False, assume_scheme="https"
    )
    client_id = forms.CharField(label=_("Client ID"), max_length=200, required=False)
    client_secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    weight = forms.IntegerField(
        label=_("Weight"),
        min_value=1,
        max_value=100,
        initial=1,
        required=False,
        help_text=_(
            "With several mail servers: one of weight 3 gets three times as much as one of weight 1."
        ),
    )
    max_connections = forms.IntegerField(
        label=_("Connections at once"),
        min_value=1,
        max_value=100,
        initial=4,
        help_text=_("Your provider says how many it takes. Four is safe nearly everywhere."),
    )
    per_connection = forms.IntegerField(
        label=_("Mails over one connection"), min_value=1, max_value=100_000, required=False
    )
    per_second = forms.IntegerField(label=_("Mails a second"), min_value=1, max_value=100_000, required=False)
    per_hour = forms.IntegerField(
        label=_("Mails an hour"), min_value=1, max_value=100_000_000, required=False
    )
    delivers_itself = forms.BooleanField(
        label=_("This is a mail server of our own that hands mail straight to the receivers"),
        help_text=_("Then we keep to what each receiver takes: few connections, and fresh ones often."),
        required=False,
    )
    warmup_from = forms.DateField(
        label=_("Warm up from"),
        required=False,
        help_text=_("Its address is new to receivers: little on this day, twice as much on each next."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    class Meta:
        model = Relay
        fields = (
            "name", "host", "port", "security", "login", "username", "token_url", "client_id", "weight",
            "max_connections", "per_connection", "per_second", "per_hour", "delivers_itself", "warmup_from",
        )  # fmt: skip

    def __init__(self, *args: Any, resolver: outbound.Resolver = outbound.resolve, **options: Any) -> None:
        super().__init__(*args, **options)
        self._resolver = resolver
        self._kept = (
            {name: getattr(self.instance, name) for name in WHERE_IT_GOES} if self.instance.pk else {}
        )
        for name, stored in (("password", "secret"), ("client_secret", "client_secret")):
            if self._kept.get(stored):
                self.fields[name].help_text = _("Leave empty to keep the one that is stored.")

    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("host", "port", "security", "username", "password")]

    def login_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("login", "token_url", "client_id", "client_secret")]

    def pace_fields(self) -> list[forms.BoundField]:
        names = (
            "name", "weight", "max_connections", "per_connection", "per_second", "per_hour", "delivers_itself",
            "warmup_from",
        )  # fmt: skip
        return [self[name] for name in names]

    def clean_host(self) -> str:
        return self._reachable(str(self.cleaned_data["host"]).strip().rstrip(".").lower())

    def clean_token_url(self) -> str:
        url = str(self.cleaned_data["token_url"])
        if url:
            if not url.startswith("https://"):
                raise ValidationError(_("Give an address that begins with https://."))
            self._reachable(urlsplit(url).hostname or "")
        return url

    def clean_login(self) -> str:
        return self.cleaned_data["login"] or str(Login.PASSWORD)

    def clean_weight(self) -> int:
        return self.cleaned_data["weight"] or 1

    def _reachable(self, host: str) -> str:
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
        given["name"] = given.get("name") or given.get("host", "")
        if given.get("username") and given.get("security") == Security.NONE:
            self.add_error(
                "security", _("A password is only sent over a secured connection. Choose STARTTLS or TLS.")
            )
        if given.get("login") == Login.TOKEN and not given.get("username"):
            self.add_error("username", _("An access token belongs to a user. Give the name."))
        if given.get("username") and not given.get("password"):
            self._check_kept_password(given)
        if self._kept.get("client_secret") and not given.get("client_secret"):
            self._check_kept_client(given)
        return given

    def _check_kept_password(self, given: dict[str, Any]) -> None:
        """The stored password only ever goes where it was meant to go: not to another host, not for another
        user, not less secured."""
        if not self._kept.get("secret"):
            if not (given.get("login") == Login.TOKEN and given.get("token_url")):
                self.add_error("password", _("Give the password that belongs to this user name."))
        elif any(given.get(name) != self._kept[name] for name in WHERE_IT_GOES if "secret" not in name):
            self.add_error("password", _("You changed where the password goes. Give it once more."))

    def _check_kept_client(self, given: dict[str, Any]) -> None:
        if given.get("token_url") and given["token_url"] != self._kept["token_url"]:
            self.add_error("client_secret", _("You changed where the secret goes. Give it once more."))

    def save(self, commit: bool = True) -> Relay:
        made: Relay = super().save(commit=False)
        given = self.cleaned_data
        made.secret = self._sealed("password", "secret") if given["username"] else ""
        made.client_secret = self._sealed("client_secret", "client_secret") if given["token_url"] else ""
        if made.pk:
            made.save(update_fields=["secret", "client_secret", *self.Meta.fields])
        else:
            made.save()
        return made

    def _sealed(self, field: str, stored: str) -> str:
        """A secret as it is stored: the new one, else the one there was."""
        given = self.cleaned_data[field]
        return keys.seal(given, SECRET_PURPOSE) if given else str(self._kept.get(stored, ""))


class LimitForm(forms.Form):
    """What one receiving provider takes; without a number its limit ends."""

    provider = forms.ChoiceField(
        label=_("Receiver"), choices=[(provider.key, provider.name) for provider in providers.KNOWN]
    )
    per_hour = forms.IntegerField(
        label=_("Mails an hour"), min_value=1, max_value=100_000_000, required=False
    )
    connections = forms.IntegerField(label=_("Connections"), min_value=1, max_value=100, required=False)
    per_connection = forms.IntegerField(
        label=_("Mails over one connection"), min_value=1, max_value=100_000, required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("auto_id", "id_limit_%s")  # the relay's own form has these names too
        super().__init__(*args, **options)
