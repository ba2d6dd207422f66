"""The staff site: Django admin under the clinic's own name, on the clinic's own clock."""

from functools import update_wrapper
from urllib.parse import unquote

from django.apps import apps
from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone


class ClinicAdminSite(AdminSite):
    site_title = settings.CLINIC_NAME
    site_header = f"{settings.CLINIC_NAME} front desk"
    index_title = "Front desk"
    enable_nav_sidebar = True
    empty_value_display = "–"

    def get_urls(self):
        """The staff's own pages stand before the admin's, behind the same sign-in."""
        from booking.staff.urls import urlpatterns

        ours = [path(str(one.pattern), self.admin_view(one.callback), name=one.name) for one in urlpatterns]
        return [*ours, *super().get_urls()]

    def register(self, model_or_iterable, admin_class=None, **options):
        """Every page is limited to the rows its reader may see."""
        from clinic.guarded_admin import guarded

        super().register(model_or_iterable, guarded(admin_class or ModelAdmin), **options)

    def admin_view(self, view, cacheable=False):
        """Every page shows, and every form reads, the clock at the main location; one query."""
        inner = super().admin_view(view, cacheable)

        def on_clinic_time(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if "\0" in unquote(request.META.get("QUERY_STRING", "")):
                raise BadRequest  # the database cannot compare it with anything
            with timezone.override(_clinic_zone()):
                response = inner(request, *args, **kwargs)
                if hasattr(response, "render"):
                    response.render()  # while the clock is still the clinic's
                return response

        return update_wrapper(on_clinic_time, inner)


class ClinicAdminConfig(AdminConfig):
    default_site = "clinic.admin_site.ClinicAdminSite"


def _clinic_zone() -> str:
    location = apps.get_model("services", "Location")  # this module is loaded before any model
    return location.objects.active().values_list("timezone", flat=True).first() or settings.TIME_ZONE
