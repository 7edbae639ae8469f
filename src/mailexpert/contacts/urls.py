from django.urls import path

from mailexpert.contacts.views import exports, imports, lists, people, segments, stop

app_name = "contacts"

urlpatterns = [
    path("contacten/", people.index, name="index"),
    path("contacten/nieuw/", people.add, name="add"),
    path("contacten/<int:contact_id>/", people.show, name="show"),
    path("contacten/<int:contact_id>/wijzigen/", people.change, name="change"),
    path("contacten/<int:contact_id>/aanmelden/", people.sign_up, name="sign_up"),
    path("contacten/<int:contact_id>/uitschrijven/<int:list_id>/", people.unsubscribe, name="unsubscribe"),
    path("contacten/<int:contact_id>/wissen/", people.erase, name="erase"),
    path("contacten/lijsten/", lists.lists, name="lists"),
    path("contacten/lijsten/<int:list_id>/", lists.change_list, name="change_list"),
    path("contacten/lijsten/<int:list_id>/wegzetten/", lists.archive_list, name="archive_list"),
    path("contacten/lijsten/<int:list_id>/terugzetten/", lists.restore_list, name="restore_list"),
    path("contacten/segmenten/", segments.segments, name="segments"),
    path("contacten/segmenten/nieuw/", segments.edit, name="new_segment"),
    path("contacten/segmenten/regels/", segments.rules, name="segment_rules"),
    path("contacten/segmenten/telling/", segments.counts, name="segment_counts"),
    path("contacten/segmenten/<int:segment_id>/", segments.edit, name="segment"),
    path("contacten/segmenten/<int:segment_id>/aantal/", segments.number, name="segment_number"),
    path("contacten/segmenten/<int:segment_id>/verwijderen/", segments.remove, name="remove_segment"),
    path("contacten/<int:contact_id>/segmenten/", segments.why, name="why"),
    path("contacten/velden/", lists.fields, name="fields"),
    path("contacten/velden/<int:field_id>/", lists.change_field, name="change_field"),
    path("contacten/inlezen/", imports.upload, name="upload"),
    path("contacten/inlezen/<int:import_id>/", imports.show, name="import"),
    path("contacten/inlezen/<int:import_id>/lezen-als/", imports.reshape, name="reshape"),
    path("contacten/inlezen/<int:import_id>/stand/", imports.state, name="import_state"),
    path("contacten/inlezen/<int:import_id>/stoppen/", imports.cancel, name="cancel_import"),
    path("contacten/inlezen/<int:import_id>/ongedaan/", imports.undo, name="undo_import"),
    path("contacten/uitvoer/", exports.exports, name="exports"),
    path("contacten/uitvoer/maken/", exports.begin, name="begin_export"),
    path("contacten/uitvoer/<int:export_id>/contacten.csv", exports.download, name="export"),
    path("contacten/inlezen/<int:import_id>/geweigerd.csv", imports.refused, name="refused"),
    path("uitschrijven/<str:token>", stop.stop, name="stop"),
]
