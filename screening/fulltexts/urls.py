"""Addresses of full texts: the board, one report, and the review of reports."""

from django.urls import path

from screening.fulltexts import views

urlpatterns = [
    path("fulltexts/", views.fulltexts, name="fulltexts"),
    path("fulltexts/upload/", views.fulltexts_upload, name="fulltexts_upload"),
    path("fulltexts/match/", views.fulltexts_match, name="fulltexts_match"),
    path("report/<int:number>/", views.report, name="report"),
    path("report/<int:number>/attempt/", views.report_attempt, name="report_attempt"),
    path("report/<int:number>/retrieved/", views.report_retrieved, name="report_retrieved"),
    path("report/<int:number>/not-retrieved/", views.report_not_retrieved, name="report_not_retrieved"),
    path("report/<int:number>/seek-again/", views.report_seek_again, name="report_seek_again"),
    path("report/<int:number>/upload/", views.report_upload, name="report_upload"),
    path("report/<int:number>/files/<int:file_id>/", views.report_file, name="report_file"),
    path("report/<int:number>/files/<int:file_id>/remove/", views.report_file_remove, name="report_file_remove"),
    path("fulltexts/review/", views.screening_ft, name="screening_ft"),
    path("fulltexts/review/lists/<slug:name>/", views.screening_ft_list, name="screening_ft_list"),
    path("fulltexts/review/<int:number>/", views.screening_ft_record, name="screening_ft_record"),
    path("fulltexts/review/<int:number>/vote/", views.vote_ft, name="vote_ft"),
    path("fulltexts/review/<int:number>/take-back/", views.vote_ft_take_back, name="vote_ft_take_back"),
    path("fulltexts/review/<int:number>/postpone/", views.vote_ft_postpone, name="vote_ft_postpone"),
]
