"""Importing clients from another program's list: upload, match the columns, read the report, start, watch."""

from __future__ import annotations

from typing import Any, cast

from defusedcsv import csv
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking.errors import BookingError
from booking.imports import files, run
from booking.models import ClientImport, ImportRow
from booking.staff import page
from booking.staff.clients.import_forms import ColumnsForm, UploadForm

Status, Outcome = ClientImport.Status, ImportRow.Outcome
MAY = page.allowed("booking.import_client")
A_PAGE, PREVIEW = 50, 5


@require_http_methods(["GET", "HEAD", "POST"])
@MAY
def client_imports(request: HttpRequest) -> HttpResponse:
    """The imports so far, and the form for a new file."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method != "POST" or not form.is_valid():
        return _list(request, form)
    file, user = form.cleaned_data["file"], cast(Any, request.user)
    try:
        batch = files.take(file.read(), name=file.name, by=user, now=timezone.now())
    except BookingError as error:
        form.add_error("file", error.message)
        return _list(request, form)
    return redirect("admin:client_import", batch.pk)


@require_safe
@MAY
def client_import(request: HttpRequest, pk: int) -> HttpResponse:
    """What this import asks for next: its columns, the report, or how far it is."""
    batch = _batch(pk)
    if batch.status == Status.UPLOADED or (batch.status == Status.CHECKED and "columns" in request.GET):
        return _columns(request, batch, ColumnsForm(batch=batch))
    return _report(request, batch)


@require_POST
@MAY
def client_import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Match the columns and judge every row; nothing is imported yet."""
    batch = _batch(pk)
    form = ColumnsForm(request.POST, batch=batch)
    if not form.is_valid():
        return _columns(request, batch, form)
    try:
        files.check(batch, matched=form.matched)
    except BookingError as error:
        messages.error(request, error.message)
    return redirect("admin:client_import", batch.pk)


@require_POST
@MAY
def client_import_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin, or go on after a stop."""
    try:
        run.start(_batch(pk), by=cast(Any, request.user))
    except BookingError as error:
        messages.error(request, error.message)
    return redirect("admin:client_import", pk)


@require_POST
@MAY
def client_import_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the rows away; clients that came of them stay."""
    try:
        files.throw_away(_batch(pk))
    except BookingError as error:
        messages.error(request, error.message)
        return redirect("admin:client_import", pk)
    messages.success(request, "The import is deleted. Clients that it made stay.")
    return redirect("admin:client_imports")


@require_safe
@MAY
def client_import_refused(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows as CSV, with the reason; safe to open in a spreadsheet, and to import once mended."""
    batch = _batch(pk)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{batch.pk}-refused.csv"'
    response["Cache-Control"] = "no-store"
    writer = csv.writer(response)
    writer.writerow(["Line", "Reason", *batch.headings])
    for row in batch.rows.filter(outcome=Outcome.REFUSED).order_by("number"):
        writer.writerow([row.number, row.problem, *row.values])
    return response


def _batch(pk: int) -> ClientImport:
    return get_object_or_404(ClientImport.objects.select_related("by"), pk=pk)


def _list(request: HttpRequest, form: UploadForm) -> HttpResponse:
    batches = ClientImport.objects.select_related("by").annotate(size=Count("rows"))[:20]
    status = 422 if form.errors else 200
    return page.page(
        request, "admin/clients/imports.html", title="Import clients", form=form, batches=batches, status=status
    )


def _columns(request: HttpRequest, batch: ClientImport, form: ColumnsForm) -> HttpResponse:
    first = [row.values for row in batch.rows.order_by("number")[:PREVIEW]]
    said = [[values[number] for values in first] for number in range(len(batch.headings))]
    samples = [values if any(values) else [] for values in said]
    return page.page(
        request,
        "admin/clients/import_columns.html",
        title="Match the columns",
        status=422 if form.errors else 200,
        batch=batch,
        form=form,
        columns=list(zip(form.column_fields(), samples, strict=True)),
    )


def _report(request: HttpRequest, batch: ClientImport) -> HttpResponse:
    context = _state(batch)
    if request.htmx:  # type: ignore[attr-defined]
        response = page.fragment(request, "admin/clients/import_progress.html", **context)
        if batch.status == Status.DONE:
            response["HX-Refresh"] = "true"
        return response
    wanted = request.GET.get("outcome", "")
    shown = batch.rows.exclude(outcome=Outcome.WAITING).select_related("client")
    if wanted in Outcome.values and wanted:
        shown = shown.filter(outcome=wanted)
    rows = Paginator(shown.order_by("number"), A_PAGE).get_page(request.GET.get("page"))
    return page.page(
        request,
        "admin/clients/import.html",
        title=batch.file_name,
        rows=rows,
        lines=[(row, _named(row, batch)) for row in rows],
        wanted=wanted,
        outcomes=_outcomes(batch.rows.all()),
        **context,
    )


def _state(batch: ClientImport) -> dict[str, Any]:
    return {"batch": batch, "progress": run.progress(batch), "is_running": batch.status == Status.RUNNING}


def _named(row: ImportRow, batch: ClientImport) -> str:
    """Who a row is about, as the file says it; blank once it is imported."""
    by_field = {field: row.values[int(number)] for number, field in batch.columns.items() if field and row.values}
    parts = [by_field.get(name, "") for name in ("full_name", "first_name", "last_name", "email")]
    return " ".join(filter(None, parts))


def _outcomes(rows: QuerySet[ImportRow]) -> list[tuple[str, str, int]]:
    counted = dict(rows.order_by().values_list("outcome").annotate(number=Count("pk")))
    return [(code, str(label), counted[code]) for code, label in Outcome.choices if code and code in counted]


urlpatterns = [
    path("clients/imports/", client_imports, name="client_imports"),
    path("clients/imports/<int:pk>/", client_import, name="client_import"),
    path("clients/imports/<int:pk>/columns/", client_import_columns, name="client_import_columns"),
    path("clients/imports/<int:pk>/start/", client_import_start, name="client_import_start"),
    path("clients/imports/<int:pk>/delete/", client_import_delete, name="client_import_delete"),
    path("clients/imports/<int:pk>/refused.csv", client_import_refused, name="client_import_refused"),
]
