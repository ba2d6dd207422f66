"""Site-wide pages: home, contact, privacy, health checks and the page for a form that was not ours."""

from datetime import timedelta

from django.db import connection
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_page, never_cache
from django.views.decorators.http import require_safe

from booking import openings, worker
from services.models import Practitioner, Service, ServiceOption, ServiceType


@cache_page(openings.FRESH_FOR)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    options = Prefetch("options", ServiceOption.objects.active().order_by("duration"))
    services = Service.objects.bookable_online().prefetch_related(options)
    context = {
        "openings": openings.next_openings(now=timezone.now()),
        "service_types": ServiceType.objects.filter(services__in=services.order_by())
        .distinct()
        .prefetch_related(Prefetch("services", services)),
        "people": Practitioner.objects.active(),
    }
    return render(request, "home.html", context)


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "contact.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy.html")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers and a worker has been heard of within the last minute; 503 otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    has_worker = worker.is_alive(within=timedelta(minutes=1))
    return JsonResponse({"database": True, "worker": has_worker}, status=200 if has_worker else 503)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
