"""The staff site: Django admin under the clinic's own name."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig


class ClinicAdminSite(AdminSite):
    index_title = "Front desk"
    enable_nav_sidebar = True

    site_header = f"{settings.CLINIC_NAME} front desk"
    site_title = settings.CLINIC_NAME


class ClinicAdminConfig(AdminConfig):
    default_site = "clinic.admin_site.ClinicAdminSite"
