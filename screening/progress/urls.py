"""Addresses of the lead's page."""

from django.urls import path

from screening.progress import views

urlpatterns = [
    path("progress/", views.progress, name="progress"),
    path("progress/remind/<int:person_id>/", views.progress_remind, name="progress_remind"),
]
