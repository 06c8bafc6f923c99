"""Addresses of duplicates, and of removing records, below `/r/<slug>/`."""

from django.urls import path

from screening.dedupe import removal_views, views

urlpatterns = [
    path("duplicates/", views.duplicates, name="duplicates"),
    path("duplicates/find/", views.duplicates_find, name="duplicates_find"),
    path("duplicates/stop/", views.duplicates_stop, name="duplicates_stop"),
    path("duplicates/progress/", views.duplicates_progress, name="duplicates_progress"),
    path("duplicates/undo/", views.duplicates_undo, name="duplicates_undo"),
    path("duplicates/accept/", views.duplicates_accept, name="duplicates_accept"),
    path("duplicates/merged/<slug:by>/", views.duplicates_merged, name="duplicates_merged"),
    path("duplicates/apart/", views.duplicates_apart, name="duplicates_apart"),
    path("duplicates/check/", views.duplicates_check, name="duplicates_check"),
    path("duplicates/duplicates.csv", views.duplicates_csv, name="duplicates_csv"),
    path("duplicates/numbers/", views.duplicates_numbers, name="duplicates_numbers"),
    path("duplicates/declared/", views.duplicates_declare, name="duplicates_declare"),
    path("duplicates/declared/<int:declared_id>/withdraw/", views.duplicates_withdraw, name="duplicates_withdraw"),
    path("duplicates/kept/<int:number>/", views.duplicate_kept, name="duplicate_kept"),
    path("duplicates/<int:card_id>/", views.duplicate_card, name="duplicate_card"),
    path("duplicates/<int:card_id>/answer/", views.duplicate_answer, name="duplicate_answer"),
    path("records/automation/", removal_views.record_automation, name="record_automation"),
    path("records/automation/undo/", removal_views.record_automation_undo, name="record_automation_undo"),
    path("records/automation/<slug:key>/", removal_views.record_automation_list, name="record_automation_list"),
    path(
        "records/automation/<slug:key>/remove/", removal_views.record_automation_remove, name="record_automation_remove"
    ),
    path("records/<int:number>/not-a-duplicate/", views.duplicate_part, name="duplicate_part"),
    path("records/<int:number>/remove/", removal_views.record_remove, name="record_remove"),
    path("records/<int:number>/put-back/", removal_views.record_put_back, name="record_put_back"),
]
