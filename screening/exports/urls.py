"""Addresses of the exports, below `/r/<slug>/`."""

from django.urls import path

from screening.exports import views

urlpatterns = [
    path("exports/", views.exports, name="exports"),
    path("exports/decisions.csv", views.export_decisions, name="export_decisions"),
    path("exports/<slug:name>.<slug:ending>", views.export_records, name="export_records"),
]
