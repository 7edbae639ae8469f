from django.urls import path

from mailexpert.content import views, views_brand, views_bundle, views_describe, views_library

app_name = "content"

urlpatterns = [
    path("", views.templates, name="templates"),
    path("beelden/", views_library.images, name="images"),
    path("beelden/kiezen/", views_library.choose, name="choose_image"),
    path("beelden/nieuw/", views_library.upload, name="upload_image"),
    path("beelden/beschrijven/", views_describe.waiting, name="describe_images"),
    path("beelden/<int:image_id>/", views_library.image, name="image"),
    path("beelden/<int:image_id>/beschrijven/", views_describe.one, name="describe_image"),
    path("beelden/<int:image_id>/bijsnijden/", views_library.cut, name="cut_image"),
    path("beelden/<int:image_id>/breedte/", views_library.resize, name="resize_image"),
    path("beelden/<int:image_id>/vervangen/", views_library.replace, name="replace_image"),
    path("beelden/adres/", views_library.set_host, name="set_host"),
    path("beelden/<int:image_id>/weg/", views_library.delete, name="delete_image"),
    path("huisstijl/", views_brand.brand, name="brand"),
    path("huisstijl/oordeel/", views_brand.judge, name="judge_brand"),
    path("huisstijl/voorbeeld/", views_brand.sample, name="brand_sample"),
    path("huisstijl/lezen/", views_brand.read_site, name="read_site"),
    path("huisstijl/overnemen/", views_brand.take, name="take_brand"),
    path("huisstijl/aantrekken/", views_brand.dress_all, name="dress_all"),
    path("inlezen/", views_bundle.take_in, name="take_in"),
    path("map/", views_bundle.rename_folder, name="rename_folder"),
    path("nieuw/", views.new, name="new"),
    path("nieuw/<slug:slug>/", views.take_starter, name="take_starter"),
    path("tekenen/", views.drawing, name="drawing"),
    path("voorbeeld/", views.preview, name="preview"),
    path("voorbeeld/mail/", views.frame, name="frame"),
    path("voorbeeld/lezers/", views.readers, name="readers"),
    path("voorbeeld/<slug:slug>/", views.starter, name="starter"),
    path("<int:template_id>/", views.edit, name="edit"),
    path("<int:template_id>/meenemen/", views_bundle.export, name="export"),
    path("<int:template_id>/map/", views_bundle.move, name="move"),
    path("<int:template_id>/bewaren/", views.keep, name="keep"),
    path("<int:template_id>/kopie/", views.copy, name="copy"),
    path("<int:template_id>/weg/", views.delete, name="delete"),
    path("<int:template_id>/versies/<int:revision_id>/", views.restore, name="restore"),
    path("<int:template_id>/proefmail/", views.send_test, name="send_test"),
]
