"""Addresses of the archive, below `/r/<slug>/`."""

from django.urls import path

from screening.archive import views

urlpatterns = [
    path("archive/", views.archive, name="archive"),
    path("archive/new/", views.archive_new, name="archive_new"),
    path("archive/archive.zip", views.archive_file, name="archive_file"),
    path("archive/delete/", views.archive_delete, name="archive_delete"),
]
