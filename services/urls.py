"""What visitors read: kinds of care, people, the library, search."""

from django.urls import path

from services.views import catalogue, chooser, feed, learn, people, search

app_name = "services"
urlpatterns = [
    path("services/", catalogue.services, name="services"),
    path("services/<slug:slug>/", catalogue.service_type, name="type"),
    path("services/<slug:service_type>/<slug:slug>/", catalogue.service, name="service"),
    path("people/", people.people, name="people"),
    path("people/<slug:slug>/", people.person, name="person"),
    path("learn/", learn.library, name="library"),
    path("learn/chooser/", chooser.chooser, name="chooser"),
    path("learn/chooser/note/", chooser.carry, name="chooser_note"),
    path("learn/guides/", learn.guides, name="guides"),
    path("learn/techniques/", learn.techniques, name="techniques"),
    path("learn/conditions/", learn.conditions, name="conditions"),
    path("learn/questions/", learn.questions, name="questions"),
    path("learn/<slug:slug>/", learn.article, name="article"),
    path("search/", search.search, name="search"),
    path("feeds/articles.xml", feed.articles, name="articles_feed"),
]
