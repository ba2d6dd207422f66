"""The first step: what to book, by treatment, by person or by what hurts."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from booking import complaints
from booking.forms.fields import ArticleField
from services.models import Practitioner, Service, ServiceOption, ServiceType


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    services = Service.objects.bookable_online().prefetch_related(
        Prefetch("options", ServiceOption.objects.active().order_by("duration"))
    )
    context = {
        "service_types": ServiceType.objects.filter(services__in=services.order_by())
        .distinct()
        .prefetch_related(Prefetch("services", services)),
        "practitioners": Practitioner.objects.active().prefetch_related(Prefetch("services", services)),
        "complaints": complaints.listed(services),
        "article": ArticleField().clean(request.GET.get("article")),
    }
    return render(request, "booking/choose.html", context)
