"""Addresses of studies."""

from django.urls import path

from screening.studies import views

urlpatterns = [
    path("studies/", views.studies, name="studies"),
    path("studies/new/", views.study_new, name="study_new"),
    path("studies/each/", views.studies_each, name="studies_each"),
    path("studies/<int:study_id>/", views.study, name="study"),
    path("studies/<int:study_id>/rename/", views.study_rename, name="study_rename"),
    path("studies/<int:study_id>/version/", views.study_version, name="study_version"),
    path("studies/<int:study_id>/merge/", views.study_merge, name="study_merge"),
    path("studies/<int:study_id>/delete/", views.study_delete, name="study_delete"),
    path("studies/<int:study_id>/unlink/<int:number>/", views.study_unlink, name="study_unlink"),
    path("studies/link/<int:number>/", views.study_link, name="study_link"),
]
