"""Addresses of full texts: the board, the tray, one report, and the review of reports."""

from django.urls import path

from screening.fulltexts import reviewing, serving, tray, views

urlpatterns = [
    path("fulltexts/", views.fulltexts, name="fulltexts"),
    path("fulltexts/library/", views.fulltexts_library, name="fulltexts_library"),
    path("fulltexts/upload/", tray.fulltexts_upload, name="fulltexts_upload"),
    path("fulltexts/match/", tray.fulltexts_match, name="fulltexts_match"),
    path("fulltexts/match/<int:incoming_id>/place/", tray.fulltexts_place, name="fulltexts_place"),
    path("fulltexts/match/<int:incoming_id>/back/", tray.fulltexts_bring_back, name="fulltexts_bring_back"),
    path("fulltexts/match/<int:incoming_id>/file/", serving.incoming_file, name="incoming_file"),
    path("report/<int:number>/", views.report, name="report"),
    path("report/<int:number>/attempt/", views.report_attempt, name="report_attempt"),
    path("report/<int:number>/request/", views.report_request, name="report_request"),
    path(
        "report/<int:number>/request/<int:attempt_id>/close/", views.report_request_close, name="report_request_close"
    ),
    path("report/<int:number>/retrieved/", views.report_retrieved, name="report_retrieved"),
    path("report/<int:number>/not-retrieved/", views.report_not_retrieved, name="report_not_retrieved"),
    path("report/<int:number>/seek-again/", views.report_seek_again, name="report_seek_again"),
    path("report/<int:number>/upload/", views.report_upload, name="report_upload"),
    path("report/<int:number>/files/<int:file_id>/", serving.report_file, name="report_file"),
    path("report/<int:number>/files/<int:file_id>/kind/", views.report_file_kind, name="report_file_kind"),
    path("report/<int:number>/files/<int:file_id>/remove/", views.report_file_remove, name="report_file_remove"),
    path("fulltexts/review/", reviewing.screening_ft, name="screening_ft"),
    path("fulltexts/review/lists/<slug:name>/", reviewing.screening_ft_list, name="screening_ft_list"),
    path("fulltexts/review/<int:number>/", reviewing.screening_ft_record, name="screening_ft_record"),
    path("fulltexts/review/<int:number>/vote/", reviewing.vote_ft, name="vote_ft"),
    path("fulltexts/review/<int:number>/take-back/", reviewing.vote_ft_take_back, name="vote_ft_take_back"),
    path("fulltexts/review/<int:number>/postpone/", reviewing.vote_ft_postpone, name="vote_ft_postpone"),
    path("fulltexts/review/<int:number>/quotes/", reviewing.quote_keep, name="quote_keep"),
    path("fulltexts/review/<int:number>/quotes/<uuid:quote_id>/remove/", reviewing.quote_remove, name="quote_remove"),
]
