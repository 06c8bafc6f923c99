"""Addresses of submitting and of consensus."""

from django.urls import path

from extraction.consensus import views

urlpatterns = [
    path("extraction/", views.extraction, name="extraction"),
    path("extraction/entries/<int:entry_id>/submit/", views.entry_submit, name="entry_submit"),
    path("extraction/consensus/<int:extraction_id>/", views.consensus, name="consensus"),
    path("extraction/consensus/<int:extraction_id>/settle/", views.consensus_settle, name="consensus_settle"),
    path("extraction/consensus/<int:extraction_id>/lock/", views.consensus_lock, name="consensus_lock"),
    path("extraction/consensus/<int:extraction_id>/reopen/", views.consensus_reopen, name="consensus_reopen"),
]
