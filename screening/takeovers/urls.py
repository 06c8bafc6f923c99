"""Addresses of bringing votes in."""

from django.urls import path

from screening.takeovers import views

urlpatterns = [
    path("votes-made-elsewhere/", views.takeovers, name="takeovers"),
    path("votes-made-elsewhere/<int:takeover_id>/", views.takeover, name="takeover"),
    path("votes-made-elsewhere/<int:takeover_id>/bring-in/", views.takeover_apply, name="takeover_apply"),
    path("votes-made-elsewhere/<int:takeover_id>/set-aside/", views.takeover_set_aside, name="takeover_set_aside"),
    path("votes-made-elsewhere/<int:takeover_id>/not-brought-in.csv", views.takeover_misfits, name="takeover_misfits"),
]
