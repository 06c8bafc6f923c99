"""Addresses of records, below `/r/<slug>/`."""

from django.urls import path

from screening.records import views

urlpatterns = [
    path("records/", views.records, name="records"),
    path("records/<int:number>/", views.record, name="record"),
]
