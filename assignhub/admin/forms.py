"""Forms whose choices are within reach, and rows that belong to the row being edited."""

from unfold.admin import TabularInline

from assignhub.admin.reach import HubForm, WithinReach


class HubInline(WithinReach, TabularInline):
    """Rows that belong to the row being edited; each goes through its own service."""

    form = HubForm
    extra = 0
    show_change_link = True

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.service = self.service
        return formset
