"""Site-wide pages: home, contact, privacy, health checks and the page for a form that was not ours."""

from datetime import timedelta

from django.db import connection
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking import localtime, worker
from clinic.context import ClinicFacts
from services import structured
from services.kept import kept
from services.models import Location, Practitioner, Service, ServiceOption, ServiceType
from services.page import Page


@require_safe
@kept
def home(request: HttpRequest) -> HttpResponse:
    facts = ClinicFacts()
    services = (
        Service.objects.bookable_online()
        .filter(mode=Service.Mode.IN_CLINIC)
        .prefetch_related(Prefetch("options", ServiceOption.objects.active().order_by("duration")))
    )
    where = f" in {facts.location.city}" if facts.location else ""
    context = {
        "page": Page(
            title=facts.trade,
            description=f"{facts.trade}{where}. See open times and book online or by phone.",
            structured=_clinic_nodes(facts),
        ),
        "service_types": ServiceType.objects.filter(services__in=services.order_by())
        .distinct()
        .prefetch_related(Prefetch("services", services)),
        "people": Practitioner.objects.active().select_related("portrait"),
        "today": _weekday(facts.location),
    }
    return render(request, "home.html", context)


@require_safe
@kept
def contact(request: HttpRequest) -> HttpResponse:
    facts = ClinicFacts()
    page = Page(
        title="Contact and opening hours",
        description="Telephone, e-mail, address, opening hours, parking and step-free access, and how to find us.",
        crumbs=(("Contact", request.path),),
        structured=_clinic_nodes(facts),
    )
    return render(request, "contact.html", {"page": page, "today": _weekday(facts.location)})


@require_safe
@kept
def privacy(request: HttpRequest) -> HttpResponse:
    page = Page(
        title="Policies and privacy",
        description="Changing and cancelling, what we keep about you, for how long, and your rights.",
        crumbs=(("Policies and privacy", request.path),),
    )
    return render(request, "privacy.html", {"page": page})


def _weekday(location: Location | None) -> int | None:
    """Today's weekday by the calendar on that location's wall, Monday being 0."""
    if location is None:
        return None
    return localtime.local_day(timezone.now(), localtime.zone(location.timezone)).weekday()


def _clinic_nodes(facts: ClinicFacts) -> tuple[structured.Node, ...]:
    return (structured.clinic(facts.location, name=facts.name),) if facts.location else ()


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
