from django.urls import include, path

from mailexpert.site import urls_console
from mailexpert.site.views import (
    choice,
    contact,
    news,
    policy,
    promises,
    search,
    testimonials,
)

app_name = "site"

NL, EN = {"language": "nl"}, {"language": "en"}
ONE = "<slug:document>/<int:number>/"

urlpatterns = [
    path("privacy/", policy.policy, NL, name="policy-nl"),
    path("en/privacy/", policy.policy, EN, name="policy-en"),
    path(f"privacy/versies/{ONE}", policy.version, NL, name="version-nl"),
    path(f"en/privacy/versions/{ONE}", policy.version, EN, name="version-en"),
    path(f"privacy/versies/{ONE}wijzigingen/", policy.changes, NL, name="changes-nl"),
    path(f"en/privacy/versions/{ONE}changes/", policy.changes, EN, name="changes-en"),
    path("beloften/", promises.promises, NL, name="promises-nl"),
    path("en/promises/", promises.promises, EN, name="promises-en"),
    path("beloften/<int:number>/", promises.history, NL, name="promise-nl"),
    path("en/promises/<int:number>/", promises.history, EN, name="promise-en"),
    path("verwerkers/", promises.subprocessors, NL, name="subprocessors-nl"),
    path("en/subprocessors/", promises.subprocessors, EN, name="subprocessors-en"),
    path("contact/", contact.contact, name="contact"),
    path(".well-known/security.txt", contact.security_txt, name="security-txt"),
    path("aanbevelingen/", testimonials.public, name="testimonials"),
    path("instellingen/aanbeveling/", testimonials.mine, name="testimonial"),
    path("instellingen/aanbeveling/<int:id>/terugnemen/", testimonials.withdraw, name="testimonial-withdraw"),
    path("zoeken/", search.search, name="search"),
    path("cookies/keuze/", choice.choose, name="choose"),
    path("nieuws/", news.items, name="news"),
    path("nieuws/<int:id>/", news.item, name="news-item"),
    path("beheer/", include(urls_console)),
]
