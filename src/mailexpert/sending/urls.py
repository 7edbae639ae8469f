from django.urls import path

from mailexpert.sending import views, views_domains

app_name = "sending"

urlpatterns = [
    path("relay/", views.relay, name="relay"),
    path("relay/testen/", views.test, name="relay-test"),
    path("relay/verwijderen/", views.remove, name="relay-remove"),
    path("afzenders/", views_domains.domains, name="domains"),
    path("afzenders/toevoegen/", views_domains.claim, name="domain-claim"),
    path("afzenders/<int:id>/", views_domains.domain, name="domain"),
    path("afzenders/<int:id>/controleren/", views_domains.check, name="domain-check"),
    path("afzenders/<int:id>/spf/", views_domains.spf, name="domain-spf"),
    path("afzenders/<int:id>/sleutels/", views_domains.renew, name="domain-renew"),
    path("afzenders/<int:id>/verwijderen/", views_domains.remove, name="domain-remove"),
]
