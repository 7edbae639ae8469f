from django.urls import include, path

urlpatterns = [
    path("", include("mailexpert.accounts.urls")),
    path("api/", include("mailexpert.api.urls")),
    path("mailings/", include("mailexpert.mailings.urls")),
    path("", include("mailexpert.reports.urls")),
    path("sjablonen/", include("mailexpert.content.urls")),
    path("", include("mailexpert.web.urls")),
]
