"""Addresses of the texts and tables for a manuscript, below `/r/<slug>/`."""

from django.urls import path

from screening.manuscript import views

urlpatterns = [
    path("manuscript/", views.manuscript, name="manuscript"),
    path("manuscript/check/", views.manuscript_check, name="manuscript_check"),
    path("manuscript/<slug:name>.<slug:ending>", views.manuscript_file, name="manuscript_file"),
]
