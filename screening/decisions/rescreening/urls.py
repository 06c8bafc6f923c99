"""Addresses of re-screens."""

from django.urls import path

from screening.decisions.rescreening import views

urlpatterns = [
    path("team/rescreen/<slug:stage>/", views.team_rescreen, name="team_rescreen"),
    path("team/rescreen/<slug:stage>/start/", views.team_rescreen_start, name="team_rescreen_start"),
    path("team/rescreen/<slug:stage>/end/", views.team_rescreen_end, name="team_rescreen_end"),
    path("screening/again/<slug:stage>/", views.screening_again, name="screening_again"),
    path("screening/again/<slug:stage>/<int:number>/", views.screening_again_read, name="screening_again_read"),
]
