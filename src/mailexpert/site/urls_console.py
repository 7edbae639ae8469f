"""The operator's console: for staff alone."""

from django.urls import path

from mailexpert.site.views import console, editions, news

urlpatterns = [
    path("", console.index, name="console"),
    path("verklaring/", console.sign, name="sign"),
    path("beleid/", editions.editions, name="editions"),
    path("beleid/nieuw/", editions.begin, name="edition-begin"),
    path("beleid/<int:id>/", editions.edit, name="edition"),
    path("beleid/<int:id>/aankondigen/", editions.announce, name="edition-announce"),
    path("beleid/<int:id>/intrekken/", editions.withdraw, name="edition-withdraw"),
    path("nieuws/", news.desk, name="news-desk"),
    path("nieuws/<int:id>/", news.change, name="news-change"),
    path("nieuws/<int:id>/plaatsen/", news.publish, name="news-publish"),
    path("nieuws/<int:id>/weghalen/", news.take_off, name="news-off"),
]
