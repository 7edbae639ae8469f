from django.urls import path

from mailexpert.accounts.views import closing, devices, members, settings, sites, tokens, words

app_name = "settings"

urlpatterns = [
    path("profiel/", settings.profile, name="profile"),
    path("organisatie/", settings.company, name="company"),
    path("berichten/", words.page, name="words"),
    path("mails/", settings.subscriptions, name="subscriptions"),
    path("pakket/", settings.package, name="package"),
    path("pakket/kiezen/", settings.choose_package, name="package-choose"),
    path("vertrek/", closing.leave, name="leave"),
    path("vertrek/opzeggen/", closing.give_notice, name="leave-notice"),
    path("vertrek/terug/", closing.come_back, name="leave-undo"),
    path("vertrek/meenemen/", closing.take_along, name="takeaway-make"),
    path("vertrek/meenemen/<int:id>/", closing.fetch, name="takeaway"),
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
    path("sites/", sites.sites, name="sites"),
    path("sites/toevoegen/", sites.claim, name="site-claim"),
    path("sites/<int:id>/controleren/", sites.check, name="site-check"),
    path("sites/<int:id>/verwijderen/", sites.remove, name="site-remove"),
    path("tokens/", tokens.keys, name="tokens"),
    path("tokens/maken/", tokens.make, name="token-make"),
    path("tokens/<int:id>/intrekken/", tokens.revoke, name="token-revoke"),
]
