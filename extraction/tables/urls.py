"""Addresses of forms."""

from django.urls import path

from extraction.tables import views

urlpatterns = [
    path("forms/", views.forms, name="forms"),
    path("forms/new/", views.form_new, name="form_new"),
    path("forms/<int:form_id>/", views.form, name="form"),
    path("forms/<int:form_id>/versions/<int:number>/", views.form_version, name="form_version"),
    path("forms/<int:form_id>/edit/", views.form_edit, name="form_edit"),
    path("forms/<int:form_id>/field/", views.form_field, name="form_field"),
    path("forms/<int:form_id>/settings/", views.form_settings, name="form_settings"),
    path("forms/<int:form_id>/publish/", views.form_publish, name="form_publish"),
    path("forms/<int:form_id>/discard/", views.form_discard, name="form_discard"),
    path("forms/<int:form_id>/retire/", views.form_retire, name="form_retire"),
    path("forms/<int:form_id>/import/", views.form_import, name="form_import"),
    path("forms/<int:form_id>/file.<slug:ending>", views.form_file, name="form_file"),
]
