from django.urls import path

from mailexpert.sending import views, views_domains, views_tempo

app_name = "sending"

urlpatterns = [
    path("relay/", views.relays, name="relay"),
    path("relay/nieuw/", views.add, name="relay-add"),
    path("relay/<int:id>/", views.edit, name="relay-edit"),
    path("relay/<int:id>/testen/", views.test, name="relay-test"),
    path("relay/<int:id>/aan/", views.turn_on, name="relay-on"),
    path("relay/<int:id>/uit/", views.turn_off, name="relay-off"),
    path("relay/<int:id>/grens/", views.limit, name="relay-limit"),
    path("relay/<int:id>/verwijderen/", views.remove, name="relay-remove"),
    path("tempo/", views_tempo.tempo, name="tempo"),
    path("tempo/opwarmen/", views_tempo.warm_up, name="warmup"),
    path("tempo/opwarmen/<int:id>/stoppen/", views_tempo.end_warm_up, name="warmup-end"),
    path("tempo/grens/", views_tempo.limit_domain, name="domain-limit"),
    path("tempo/grens/<int:id>/opheffen/", views_tempo.end_domain_limit, name="domain-limit-end"),
    path("afzenders/", views_domains.domains, name="domains"),
    path("afzenders/toevoegen/", views_domains.claim, name="domain-claim"),
    path("afzenders/<int:id>/", views_domains.domain, name="domain"),
    path("afzenders/<int:id>/controleren/", views_domains.check, name="domain-check"),
    path("afzenders/<int:id>/spf/", views_domains.spf, name="domain-spf"),
    path("afzenders/<int:id>/sleutels/", views_domains.renew, name="domain-renew"),
    path("afzenders/<int:id>/verwijderen/", views_domains.remove, name="domain-remove"),
]
