from allauth.account import views as door
from django.urls import include, path, re_path

from mailexpert.accounts import urls_settings
from mailexpert.accounts.views import invitation, public, settings

# The names are allauth's, which its flows ask for.
urlpatterns = [
    path("inloggen/", door.login, name="account_login"),
    path("inloggen/uitgeschakeld/", door.account_inactive, name="account_inactive"),
    path("uitloggen/", door.logout, name="account_logout"),
    path("aanmelden/", door.signup, name="account_signup"),
    path("aanmelden/bevestigen/", door.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^bevestigen/(?P<key>[-:\w]+)/$", door.confirm_email, name="account_confirm_email"),
    path("wachtwoord/vergeten/", door.password_reset, name="account_reset_password"),
    path("wachtwoord/vergeten/verstuurd/", door.password_reset_done, name="account_reset_password_done"),
    path(
        "wachtwoord/nieuw/klaar/",
        door.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^wachtwoord/nieuw/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        door.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("instellingen/wachtwoord/", door.password_change, name="account_change_password"),
    path("instellingen/wachtwoord/instellen/", door.password_set, name="account_set_password"),
    path("instellingen/e-mail/", settings.email, name="account_email"),
    path("uitnodiging/<str:token>/", invitation.accept, name="invitation"),
    path("voorwaarden/", public.terms, name="terms"),
    path("verwerkersovereenkomst/", public.processing_agreement, name="processing-agreement"),
    path("cookies/", public.cookies, name="cookies"),
    path("instellingen/", settings.index, name="settings"),
    path("instellingen/", include(urls_settings)),
]
