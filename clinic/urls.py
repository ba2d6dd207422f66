"""Every address of the site, listed by who uses it."""

from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from clinic import machines, media, views
from clinic.sitemaps import SITEMAPS
from clinic.styleguide.views import styleguide

urlpatterns = [
    # visitors
    path("", views.home, name="home"),
    path("contact/", views.contact, name="contact"),
    path("privacy/", views.privacy, name="privacy"),
    path("", include("services.urls")),
    # clients
    path("", include("booking.urls")),
    # staff
    path("styleguide/", styleguide, name="styleguide"),
    path("admin/", admin.site.urls),
    # machines
    path("media/<path:name>", media.media, name="media"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("robots.txt", machines.robots, name="robots_txt"),
    path(".well-known/security.txt", machines.security, name="security_txt"),
    path("site.webmanifest", machines.manifest, name="manifest"),
    path("favicon.ico", machines.favicon, name="favicon"),
    path("speculation-rules.json", machines.speculation_rules, name="speculation_rules"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
