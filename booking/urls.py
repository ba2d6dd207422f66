"""The booking journey and the visit's own pages."""

from django.urls import path, register_converter

from booking.converters import TokenConverter
from booking.views import api, choose, consultation, details, feed, offers, times, visit

register_converter(TokenConverter, "token")

app_name = "booking"
urlpatterns = [
    path("book/", choose.choose, name="choose"),
    path("book/<slug:slug>/", times.times, name="times"),
    path("book/<slug:slug>/hold/", details.hold, name="hold"),
    path("book/<slug:slug>/extend/", details.extend, name="extend"),
    path("book/<slug:slug>/details/", details.details, name="details"),
    path("visits/<token:token>/", visit.visit, name="visit"),
    path("visits/<token:token>/undo/", visit.undo, name="undo"),
    path("visits/<token:token>/cancel/", visit.cancel, name="cancel"),
    path("visits/<token:token>/move/", visit.move, name="move"),
    path("visits/<token:token>/offers/decline/", offers.decline, name="offer_decline"),
    path("visits/<token:token>/offers/<int:pk>/accept/", offers.accept, name="offer_accept"),
    path("visits/<token:token>/calendar.ics", visit.calendar, name="calendar"),
    path("consultation/", consultation.consultation, name="consultation"),
    path("consultation/<token:token>/", consultation.status, name="consultation_request"),
    path("consultation/<token:token>/accept/", consultation.accept, name="consultation_accept"),
    path("consultation/<token:token>/other-times/", consultation.turn_down, name="consultation_turn_down"),
    path("consultation/<token:token>/withdraw/", consultation.withdraw, name="consultation_withdraw"),
    path("feeds/<token:token>.ics", feed.feed, name="feed"),
    path("api/v1/openings", api.openings, name="openings"),
]
