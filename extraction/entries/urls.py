"""Addresses of the overview and of entries."""

from django.urls import path

from extraction.entries import views

urlpatterns = [
    path("forms/<int:form_id>/try/", views.form_preview, name="form_preview"),
    path("extraction/assign/", views.extraction_assign, name="extraction_assign"),
    path("extraction/assign/all/", views.extraction_assign_all, name="extraction_assign_all"),
    path("extraction/start/", views.extraction_start, name="extraction_start"),
    path("extraction/entries/<int:entry_id>/", views.entry, name="entry"),
    path("extraction/entries/<int:entry_id>/save/", views.entry_save, name="entry_save"),
    path("extraction/entries/<int:entry_id>/take-back/", views.entry_take_back, name="entry_take_back"),
]
