"""Every address of the site, listed by who uses it."""

from django.contrib import admin
from django.urls import include, path

from clinic import views

urlpatterns = [
    # visitors
    path("", views.home, name="home"),
    path("contact/", views.contact, name="contact"),
    path("privacy/", views.privacy, name="privacy"),
    path("", include("services.urls")),
    # clients
    path("", include("booking.urls")),
    # staff
    path("admin/", admin.site.urls),
    # machines
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
