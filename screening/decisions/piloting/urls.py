"""Addresses of pilot rounds."""

from django.urls import path

from screening.decisions.piloting import views

urlpatterns = [
    path("team/pilot/<slug:stage>/", views.team_pilot, name="team_pilot"),
    path("team/pilot/<slug:stage>/start/", views.team_pilot_start, name="team_pilot_start"),
    path("team/pilot/<slug:stage>/end/", views.team_pilot_end, name="team_pilot_end"),
]
