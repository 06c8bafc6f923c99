"""Addresses of title and abstract screening."""

from django.urls import include, path

from screening.decisions import agreement_views, team_views, views

urlpatterns = [
    path("", include("screening.decisions.own.urls")),
    path("screening/", views.screening_ta, name="screening_ta"),
    path("screening/ahead/", views.screening_ta_ahead, name="screening_ta_ahead"),
    path("screening/view/", views.screening_ta_view, name="screening_ta_view"),
    path("screening/progress/", views.screening_ta_progress, name="screening_ta_progress"),
    path("screening/lists/<slug:name>/", views.screening_ta_list, name="screening_ta_list"),
    path("screening/<int:number>/", views.screening_ta_record, name="screening_ta_record"),
    path("screening/<int:number>/vote/", views.vote_ta, name="vote_ta"),
    path("screening/<int:number>/take-back/", views.vote_ta_take_back, name="vote_ta_take_back"),
    path("screening/<int:number>/postpone/", views.vote_ta_postpone, name="vote_ta_postpone"),
    path("screening/reopen/<int:item_id>/", views.screening_reopen, name="screening_reopen"),
    path("agreement/", agreement_views.agreement, name="agreement"),
    path("agreement/agreement.csv", agreement_views.agreement_csv, name="agreement_csv"),
    path("team/work/<slug:stage>/", team_views.team_work, name="team_work"),
    path("team/work/<slug:stage>/save/", team_views.team_work_save, name="team_work_save"),
    path("team/pilot/<slug:stage>/", team_views.team_pilot, name="team_pilot"),
    path("team/pilot/<slug:stage>/start/", team_views.team_pilot_start, name="team_pilot_start"),
    path("team/pilot/<slug:stage>/end/", team_views.team_pilot_end, name="team_pilot_end"),
    path("team/rescreen/<slug:stage>/", team_views.team_rescreen, name="team_rescreen"),
    path("team/rescreen/<slug:stage>/start/", team_views.team_rescreen_start, name="team_rescreen_start"),
    path("team/rescreen/<slug:stage>/end/", team_views.team_rescreen_end, name="team_rescreen_end"),
    path("screening/again/<slug:stage>/", team_views.screening_again, name="screening_again"),
    path("screening/again/<slug:stage>/<int:number>/", team_views.screening_again_read, name="screening_again_read"),
]
