"""Addresses of how a stage is shared out."""

from django.urls import path

from screening.decisions.sharing import views

urlpatterns = [
    path("team/work/<slug:stage>/", views.team_work, name="team_work"),
    path("team/work/<slug:stage>/save/", views.team_work_save, name="team_work_save"),
]
