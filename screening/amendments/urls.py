"""Addresses of amendments."""

from django.urls import path

from screening.amendments import views

RECORDS = "amendments/<int:number>/<slug:key>/<slug:stage>/<slug:decision>/"

urlpatterns = [
    path("conflicts/<int:item_id>/propose/", views.proposal_new, name="proposal_new"),
    path("proposals/", views.proposals, name="proposals"),
    path("proposals/<int:pk>/take-up/", views.proposal_take_up, name="proposal_take_up"),
    path("proposals/<int:pk>/decline/", views.proposal_decline, name="proposal_decline"),
    path("amendments/<int:number>/", views.amendment, name="amendment"),
    path(RECORDS, views.amendment_records, name="amendment_records"),
    path(f"{RECORDS}again/", views.amendment_again, name="amendment_again"),
]
