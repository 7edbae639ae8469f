from django.urls import include, path

from mailexpert.site import urls_console
from mailexpert.site.views import news, policy

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
    path("nieuws/", news.items, name="news"),
    path("nieuws/<int:id>/", news.item, name="news-item"),
    path("beheer/", include(urls_console)),
]
