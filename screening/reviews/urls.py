"""Addresses about a review and its team, below ``/r/<slug>/``."""

from django.urls import path

from screening.reviews import views

urlpatterns = [
    path("settings/", views.review_settings, name="review_settings"),
    path("team/", views.team, name="team"),
    path("team/invite/", views.team_invite, name="team_invite"),
    path("team/invitations/<int:pk>/revoke/", views.invitation_revoke, name="team_invitation_revoke"),
    path("team/<int:pk>/", views.team_member, name="team_member"),
    path("team/<int:pk>/end/", views.team_member_end, name="team_member_end"),
    path("team/<int:pk>/resume/", views.team_member_resume, name="team_member_resume"),
]
