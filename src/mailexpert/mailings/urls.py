from django.urls import path

from mailexpert.mailings.views import drafts, experiments, present, way

app_name = "mailings"
urlpatterns = [
    path("", drafts.index, name="index"),
    path("nieuw/", drafts.gallery, name="gallery"),
    path("nieuw/maken/", drafts.new, name="new"),
    path("<int:mailing_id>/", drafts.show, name="show"),
    path("<int:mailing_id>/bewaren/", drafts.save, name="save"),
    path("<int:mailing_id>/hier/", present.present, name="present"),
    path("<int:mailing_id>/versies/", drafts.versions, name="versions"),
    path("<int:mailing_id>/versies/<int:revision_id>/", drafts.restore, name="restore"),
    path("<int:mailing_id>/links/", drafts.look_at_links, name="look_at_links"),
    path("<int:mailing_id>/links/opnieuw/", drafts.look_at_links_again, name="look_at_links_again"),
    path("<int:mailing_id>/herstellen/", drafts.mend, name="mend"),
    path("<int:mailing_id>/proefmail/", drafts.test_mail, name="test_mail"),
    path("<int:mailing_id>/test/", experiments.test, name="test"),
    path("<int:mailing_id>/test/bewaren/", experiments.save, name="test-save"),
    path("<int:mailing_id>/test/versie/", experiments.add, name="test-add"),
    path("<int:mailing_id>/test/weg/", experiments.drop, name="test-drop"),
    path("<int:mailing_id>/test/kiezen/", experiments.choose, name="test-choose"),
    path("<int:mailing_id>/test/stand/", experiments.part, name="test-part"),
    path("<int:mailing_id>/test/versies.csv", experiments.rows, name="test-rows"),
    path("<int:mailing_id>/verzenden/", way.send, name="send"),
    path("<int:mailing_id>/van-de-planning/", way.unschedule, name="unschedule"),
    path("<int:mailing_id>/pauzeren/", way.pause, name="pause"),
    path("<int:mailing_id>/pauzeren-tot/", way.pause_until, name="pause-until"),
    path("<int:mailing_id>/hervatten/", way.resume, name="resume"),
    path("<int:mailing_id>/stoppen/", way.cancel, name="cancel"),
    path("<int:mailing_id>/kopieren/", way.copy, name="copy"),
    path("<int:mailing_id>/verwijderen/", way.delete, name="delete"),
]
