"""Addresses of the history."""

from django.urls import path

from screening.history import views

urlpatterns = [
    path("history/", views.history, name="history"),
    path("history/history.csv", views.history_csv, name="history_csv"),
]
