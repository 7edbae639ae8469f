from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.account.urls")),
    path("sjablonen/", include("mailexpert.content.urls")),
    path("", include("mailexpert.web.urls")),
]
