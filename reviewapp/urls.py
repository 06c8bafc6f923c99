"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

from reviewapp import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.front, name="front"),
    path("health", views.health, name="health"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("account/preferences/", views.account_preferences, name="account_preferences"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("accounts/", include("allauth.urls")),
    path("", include("screening.urls")),
    path("", include("extraction.urls")),
]

handler400 = "reviewapp.views.bad_request"
