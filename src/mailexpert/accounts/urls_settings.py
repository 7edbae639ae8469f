from django.urls import path

from mailexpert.accounts.views import devices, members, settings, tokens

app_name = "settings"

urlpatterns = [
    path("profiel/", settings.profile, name="profile"),
    path("organisatie/", settings.company, name="company"),
    path("mails/", settings.subscriptions, name="subscriptions"),
    path("pakket/", settings.package, name="package"),
    path("cookies/", settings.cookies, name="cookies"),
    path("privacy/", settings.privacy, name="privacy"),
    path("wissel/", settings.switch_account, name="switch"),
    path("gebruikers/", members.people, name="users"),
    path("gebruikers/uitnodigen/", members.invite, name="invite"),
    path("gebruikers/<int:id>/rol/", members.change_role, name="user-role"),
    path("gebruikers/<int:id>/verwijderen/", members.remove, name="user-remove"),
    path("uitnodigingen/<int:id>/intrekken/", members.withdraw, name="invitation-withdraw"),
    path("apparaten/", devices.known, name="devices"),
    path("apparaten/vergeten/", devices.forget_all, name="devices-forget"),
    path("apparaten/<int:id>/vergeten/", devices.forget, name="device-forget"),
    path("tokens/", tokens.keys, name="tokens"),
    path("tokens/maken/", tokens.make, name="token-make"),
    path("tokens/<int:id>/intrekken/", tokens.revoke, name="token-revoke"),
]
