"""Addresses of title and abstract screening."""

from django.urls import include, path

from screening.decisions import agreement_views, views

urlpatterns = [
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
    path("", include("screening.decisions.own.urls")),
    path("", include("screening.decisions.sharing.urls")),
    path("", include("screening.decisions.piloting.urls")),
    path("", include("screening.decisions.rescreening.urls")),
    path("agreement/", agreement_views.agreement, name="agreement"),
    path("agreement/agreement.csv", agreement_views.agreement_csv, name="agreement_csv"),
]
