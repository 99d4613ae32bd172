"""Import of a sheet in three steps: send a file, see what it would do, confirm.

The preview is the import itself, in a transaction that is undone. The file waits on the server, for whoever sent it;
the confirmed import reads and judges it again, because the world may have moved on.
"""

import itertools
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import CommandError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from assignhub.admin.reach import WithinReach
from assignhub.admin.timeline import tell
from assignhub.errors import Refused, singles
from assignhub.imports import CREATED, REFUSED, RESULTS, UNCHANGED, UPDATED, Outcome, Row, Sheet, read
from assignhub.models import Upload
from assignhub.permissions import NO, reach, within

FILE_BYTES = 5 * 1024 * 1024
ROWS = 10_000
WAITS = timedelta(hours=1)
# How many rows of each result a page shows.
SHOWN = 200


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.xlsx"}),
        help_text=f"CSV (UTF-8) or XLSX, at most {ROWS:,} rows and {FILE_BYTES // 1024 // 1024} MB. "
        "The first row names the columns.",
    )
    tenant: Any = forms.ModelChoiceField(
        queryset=None,
        label="Organisation",
        widget=UnfoldAdminSelectWidget,
        help_text="Into which organisation the rows go.",
    )

    def __init__(self, tenants: Any, needed: bool, *args: Any):
        super().__init__(*args)
        choice: Any = self.fields["tenant"]
        choice.queryset, choice.required = tenants, needed
        only = list(tenants[:2])
        if len(only) == 1:
            choice.initial = only[0]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > FILE_BYTES:
            raise ValidationError(f"The file is larger than {FILE_BYTES // 1024 // 1024} MB. Split it.")
        if not file.name.lower().endswith((".csv", ".xlsx")):
            raise ValidationError("Neither a .csv nor an .xlsx file.")
        return file


class Importing(WithinReach, ModelAdmin):
    """A page with a `sheet`: whoever may add and change rows may bring in many."""

    sheet: ClassVar[type[Sheet] | None] = None
    import_template = "admin/import.html"

    def get_urls(self):
        if self.sheet is None:
            return super().get_urls()
        name = f"{self.opts.app_label}_{self.opts.model_name}_import"
        return [path("import/", self.admin_site.admin_view(self.import_view), name=name), *super().get_urls()]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.sheet is not None and self.has_add_permission(request) and self.has_change_permission(request)

    def tenants_to_import_into(self, request: HttpRequest):
        tenant = apps.get_model("tenancy.Tenant")
        rows = within(tenant._default_manager.all(), request.user, tenant.permission("view"))
        user: Any = request.user
        if user.is_superuser:
            return rows
        verbs = [self.model.permission(verb) for verb in ("add", "change")]
        may = [key for key in user.roles if all(reach(user, verb, key) != NO for verb in verbs)]
        return rows.filter(pk__in=may)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method == "POST" and "upload" in request.POST:
            return self._confirm(request)
        form = UploadForm(
            self.tenants_to_import_into(request),
            self.sheet.needs_tenant,  # type: ignore[union-attr]
            *((request.POST, request.FILES) if request.method == "POST" else ()),
        )
        if request.method != "POST" or not form.is_valid():
            return self._import_page(request, form=form)
        file, tenant = form.cleaned_data["file"], form.cleaned_data["tenant"]
        content, name = file.read(), file.name[:200]
        try:
            outcomes, cells = self._run(request, name, content, tenant, keep=False)
        except Refused as refusal:
            for field, error in singles(refusal):
                form.add_error(field if field in form.fields else "file", error)
            return self._import_page(request, form=form)
        upload = self._keep(request, name, content, tenant)
        return self._import_page(request, upload=upload, tenant=tenant, **self._told(outcomes, cells))

    def _keep(self, request: Any, name: str, content: bytes, tenant: Any) -> Upload:
        """Hold the file for whoever sent it, in place of any other of theirs; what nobody confirmed in time goes."""
        now = timezone.now()
        Upload.objects.filter(expires_at__lte=now).delete()
        Upload.objects.filter(user_id=request.user.pk).delete()
        return Upload.objects.create(
            user_id=request.user.pk,
            purpose=self.opts.label_lower,
            tenant_id=tenant.pk if tenant else None,
            name=name,
            content=content,
            expires_at=now + WAITS,
        )

    def _confirm(self, request: Any) -> HttpResponse:
        """Do what was previewed; of two confirmations of one file, one finds it."""
        try:
            mine = Upload.objects.filter(
                pk=request.POST["upload"], user_id=request.user.pk, purpose=self.opts.label_lower
            )
            upload = mine.filter(expires_at__gt=timezone.now()).first()
        except ValidationError:  # no key at all
            upload = None
        tenants = self.tenants_to_import_into(request)
        tenant = tenants.filter(pk=upload.tenant_id).first() if upload and upload.tenant_id else None
        gone = upload is None or not Upload.objects.filter(pk=upload.pk).delete()[0]
        if gone or (upload.tenant_id and tenant is None):  # type: ignore[union-attr]
            self.message_user(request, "That file is no longer waiting here. Please send it again.", "ERROR")
            return HttpResponseRedirect(request.path)
        outcomes, cells = self._run(request, upload.name, bytes(upload.content), tenant, keep=True)  # type: ignore[union-attr]
        return self._import_page(request, done=True, tenant=tenant, **self._told(outcomes, cells))

    def _run(self, request, name: str, content: bytes, tenant: Any, *, keep: bool) -> tuple[list[Outcome], dict]:
        """Import the file in one transaction, and undo it unless it is to be kept.

        Raises `Refused` for a file that cannot be read, and for one whose rows need an organisation when none is named.
        """
        kind: type[Sheet] = self.sheet
        rows = read(name, content, kind, most=ROWS)
        with transaction.atomic():
            sheet = kind(request.user, tenant)
            try:
                outcomes = sorted(sheet.outcomes(rows), key=lambda outcome: outcome.number)
            except CommandError:  # the sheet asks which tenant as the command does
                raise Refused("Say into which organisation these rows go.", "required", field="tenant") from None
            transaction.set_rollback(not keep)
        return outcomes, dict(rows)

    def _told(self, outcomes: list[Outcome], cells: dict[int, Row]) -> dict[str, Any]:
        """What became of the rows, result by result, in words."""
        found = {result: [row for row in outcomes if row.result == result] for result in RESULTS}
        updated = [row for row in found[UPDATED][:SHOWN] if row.entries]
        told = tell([entry for row in updated for entry in row.entries])
        changes = iter([happening for group in told for happening in group.happenings])
        differences = [
            (row, [change for happening in itertools.islice(changes, len(row.entries)) for change in happening.changes])
            for row in updated
        ]
        kind: type[Sheet] = self.sheet
        line = lambda row: [cells[row.number][column] for column in kind.columns]  # noqa: E731
        return {
            "counts": {result: len(rows) for result, rows in found.items()},
            "columns": kind.columns,
            "refused": [(row, line(row)) for row in found[REFUSED][:SHOWN]],
            "updated": [(row, line(row)[0], difference) for row, difference in differences],
            "created": [(row, line(row)) for row in found[CREATED][:SHOWN]],
            "ready": len(found[CREATED]) + len(found[UPDATED]),
            "hidden": {result: max(len(rows) - SHOWN, 0) for result, rows in found.items() if result != UNCHANGED},
        }

    def _import_page(self, request: HttpRequest, **context: Any) -> HttpResponse:
        kind: type[Sheet] = self.sheet
        context |= {
            **self.admin_site.each_context(request),
            "title": f"Import {kind.name}",
            "opts": self.opts,
            "kind": kind,
            "required": kind.required,
            "listing": reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist"),
            "media": self.media,
        }
        return TemplateResponse(request, self.import_template, context)
