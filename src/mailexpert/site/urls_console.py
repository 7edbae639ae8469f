"""The operator's console: for staff alone."""

from django.urls import path

from mailexpert.site.views import console, desk, editions, messages, news, packages, visits

urlpatterns = [
    path("", console.index, name="console"),
    path("verklaring/", console.sign, name="sign"),
    path("beleid/", editions.editions, name="editions"),
    path("beleid/nieuw/", editions.begin, name="edition-begin"),
    path("beleid/<int:id>/", editions.edit, name="edition"),
    path("beleid/<int:id>/aankondigen/", editions.announce, name="edition-announce"),
    path("beleid/<int:id>/intrekken/", editions.withdraw, name="edition-withdraw"),
    path("berichten/", messages.desk, name="messages"),
    path("berichten/nieuw/<slug:kind>/", messages.begin, name="message-begin"),
    path("berichten/<int:id>/", messages.show, name="message"),
    path("berichten/<int:id>/aanbieden/", messages.offer, name="message-offer"),
    path("berichten/<int:id>/verzenden/", messages.send, name="message-send"),
    path("berichten/<int:id>/weigeren/", messages.refuse, name="message-refuse"),
    path("pakketten/", packages.desk, name="packages"),
    path("pakketten/<int:id>/standaard/", packages.make_default, name="package-default"),
    path("bezoek/", visits.insights, name="visits"),
    path("bezoek/tags/", visits.tags, name="tags"),
    path("diagnose/", visits.diagnosis, name="diagnosis"),
    path("advertenties/", visits.advertising, name="advertising"),
    path("nieuws/", news.desk, name="news-desk"),
    path("nieuws/<int:id>/", news.change, name="news-change"),
    path("nieuws/<int:id>/plaatsen/", news.publish, name="news-publish"),
    path("nieuws/<int:id>/weghalen/", news.take_off, name="news-off"),
    path("beloften/", desk.overview, name="desk"),
    path("beloften/<int:number>/", desk.promise, name="desk-promise"),
    path("beloften/verklaringen/<int:id>/intrekken/", desk.withdraw, name="attestation-withdraw"),
    path("vragen/", desk.questions, name="questions"),
    path("vragen/<int:id>/", desk.question, name="question"),
    path("vragen/security-txt/", desk.security_contact, name="security-contact"),
    path("register/", desk.register, name="register"),
    path("verwerkers/", desk.companies, name="companies"),
    path("verwerkers/<int:id>/", desk.company, name="company"),
]
