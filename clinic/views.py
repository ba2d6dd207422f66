"""Site-wide pages: home, contact, privacy, health checks and the page for a form that was not ours."""

from datetime import timedelta

from django.db import connection
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking import worker
from services.kept import kept
from services.models import Practitioner, Service, ServiceOption, ServiceType
from services.page import Page


@require_safe
@kept
def home(request: HttpRequest) -> HttpResponse:
    options = Prefetch("options", ServiceOption.objects.active().order_by("duration"))
    services = Service.objects.bookable_online().prefetch_related(options)
    context = {
        "service_types": ServiceType.objects.filter(services__in=services.order_by())
        .distinct()
        .prefetch_related(Prefetch("services", services)),
        "people": Practitioner.objects.active(),
    }
    return render(request, "home.html", context)


@require_safe
@kept
def contact(request: HttpRequest) -> HttpResponse:
    page = Page(
        title="Contact and opening hours",
        description="Telephone, e-mail, address, opening hours, parking and step-free access, and how to find us.",
        crumbs=(("Contact", request.path),),
    )
    return render(request, "contact.html", {"page": page})


@require_safe
@kept
def privacy(request: HttpRequest) -> HttpResponse:
    page = Page(
        title="Policies and privacy",
        description="Changing and cancelling, what we keep about you, for how long, and your rights.",
        crumbs=(("Policies and privacy", request.path),),
    )
    return render(request, "privacy.html", {"page": page})


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
