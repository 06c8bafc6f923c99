"""Addresses of the synthesis, below `/r/<slug>/`."""

from django.urls import path

from extraction.synthesis import views

urlpatterns = [
    path("synthesis/", views.synthesis, name="synthesis"),
    path("synthesis/quotes/", views.synthesis_quotes, name="synthesis_quotes"),
    path("synthesis/figure/", views.synthesis_figure, name="synthesis_figure"),
    path("synthesis/characteristics/", views.synthesis_characteristics, name="synthesis_characteristics"),
    path("synthesis/together/", views.synthesis_together, name="synthesis_together"),
    path("synthesis/claims/", views.synthesis_claim, name="synthesis_claim"),
    path("synthesis/claims/<int:number>/remove/", views.synthesis_claim_remove, name="synthesis_claim_remove"),
    path("synthesis/<slug:name>.<slug:ending>", views.synthesis_file, name="synthesis_file"),
]
