"""Pictures on staff pages: a choice of file, the words for it and a look at the present one, on the page of whatever
shows it; and a list of all."""

from __future__ import annotations

import logging
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from services import cards, pictures
from services.models import Picture
from services.models.pictures import not_a_file_name

AGAIN = "Choose the picture again: a page that comes back cannot keep a chosen file."
NOT_STORED = "The new picture could not be stored. Everything else on the page was saved; please try the picture later."
log = logging.getLogger(__name__)


class UploadedPictureField(forms.FileField):
    """Cleans to the picture itself, upright and without anything but its pixels."""

    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"})

    def to_python(self, data: Any) -> Any:
        upload = super().to_python(data)
        if upload is None:
            return None
        try:
            return pictures.read(upload)
        except pictures.RefusedPicture as refused:
            raise ValidationError(str(refused), code="refused") from refused


class PictureForm(forms.ModelForm):
    """The form of a record with a picture."""

    new_picture = UploadedPictureField(
        required=False,
        help_text="JPEG, PNG, WebP or AVIF, up to 12 MB, at least 600 pixels on the long side. "
        "Where and when it was taken is not kept.",
    )
    picture_alt = forms.CharField(
        label="What it shows",
        max_length=200,
        required=False,
        validators=[not_a_file_name],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="For people who cannot see it: “Mara in the doorway of the quiet room”.",
    )
    picture_credit = forms.CharField(
        label="Credit",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Who took it, if that has to be said.",
    )
    remove_picture = forms.BooleanField(label="Remove the present picture", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present: Picture | None = getattr(self.instance, pictures.field_of(type(self.instance)))
        if self.present:
            self.fields["picture_alt"].initial = self.present.alt
            self.fields["picture_credit"].initial = self.present.credit

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_new = bool(cleaned.get("new_picture")) or "new_picture" in self.errors
        is_removed = bool(self.present) and bool(cleaned.get("remove_picture"))
        has_words = bool(cleaned.get("picture_alt")) or "picture_alt" in self.errors
        if is_new and is_removed:
            self.add_error("remove_picture", "A new picture replaces the present one; there is nothing to remove.")
        if (is_new or (self.present and not is_removed)) and not has_words:
            self.add_error("picture_alt", "Say in a few words what the picture shows.")
        if has_words and not is_new and not self.present:
            self.add_error("new_picture", "Choose the picture that these words describe, or leave them out.")
        return cleaned


class PicturedAdmin(admin.ModelAdmin):
    """The page of a record with a picture; a form of its own descends from `PictureForm`."""

    form: type[forms.ModelForm] = PictureForm
    picture_title = "Picture"
    picture_place = 2  # how many fieldsets come before it

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), "present_picture"]

    def get_fieldsets(self, request, obj=None):
        may_save = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        has_picture = bool(obj and self._picture_of(obj))
        names: list[Any] = ["present_picture"] if has_picture or not may_save else []
        if may_save:
            names += ["new_picture", "picture_alt", "picture_credit"] + ["remove_picture"] * has_picture
        sets = list(super().get_fieldsets(request, obj))
        sets.insert(self.picture_place, (self.picture_title, {"fields": names}))
        return sets

    @admin.display(description="present picture")
    def present_picture(self, obj):
        picture = self._picture_of(obj)
        return preview(picture, linked=True) if picture else None

    def render_change_form(self, request, context, *args, **kwargs):
        """A file that was fine is gone when anything else on the page was not."""
        form = context["adminform"].form
        if form.is_bound and form.files.get("new_picture") and "new_picture" not in form.errors:
            form.add_error("new_picture", AGAIN)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        """The picture a record no longer shows goes, unless another record shows it."""
        name = pictures.field_of(type(obj))
        image, credit = form.cleaned_data["new_picture"], form.cleaned_data["picture_credit"]
        alt = form.cleaned_data["picture_alt"]
        if image:
            self._store(request, obj, image, alt=alt, credit=credit)
        elif form.cleaned_data["remove_picture"]:
            setattr(obj, name, None)
        elif form.present and {"picture_alt", "picture_credit"} & set(form.changed_data):
            Picture.objects.filter(pk=form.present.pk).update(alt=alt, credit=credit)
        rows = type(obj)._default_manager.select_for_update(no_key=True, of=("self",)).order_by()
        before = rows.filter(pk=obj.pk).values_list(f"{name}_id", flat=True).first()
        super().save_model(request, obj, form, change)
        if before != getattr(obj, f"{name}_id"):
            Picture.objects.filter(pk=before).unused().delete()
        self._refresh_card(obj)

    def _refresh_card(self, obj):
        """The card of links to its page says what the page says now; a disk that is full costs the card alone."""
        try:
            cards.refresh(obj)
        except OSError:
            log.exception("A card could not be stored")

    def _store(self, request, obj, image, **words):
        try:
            picture = pictures.store(image, **words, now=timezone.now())
        except OSError:
            log.exception("A picture could not be stored")
            self.message_user(request, NOT_STORED, messages.ERROR)
        else:
            setattr(obj, pictures.field_of(type(obj)), picture)

    def _picture_of(self, obj: Any) -> Picture | None:
        return getattr(obj, pictures.field_of(type(obj)))


@admin.register(Picture)
class PictureAdmin(admin.ModelAdmin):
    """To find, describe and delete pictures. A new one comes in on the page of what shows it."""

    list_display = ["look", "alt", "shown_by", "size", "credit", "created_at"]
    list_display_links = ["look", "alt"]
    search_fields = ["alt", "credit"]
    date_hierarchy = "created_at"
    fields = ["look", "alt", "credit", "shown_by", "size", "created_at"]
    readonly_fields = ["look", "shown_by", "size", "created_at"]
    list_per_page = 50

    def get_queryset(self, request):
        owners = [relation.name for relation in Picture._meta.related_objects]
        return super().get_queryset(request).prefetch_related(*owners)

    def has_add_permission(self, request):
        return False

    @admin.display(description="picture")
    def look(self, picture):
        return preview(picture)

    @admin.display(description="shown by", empty_value="nobody")
    def shown_by(self, picture):
        owners = [one for relation in Picture._meta.related_objects for one in getattr(picture, relation.name).all()]
        links = (
            (reverse(f"admin:{one._meta.label_lower.replace('.', '_')}_change", args=[one.pk]), one) for one in owners
        )
        return format_html_join(", ", '<a href="{}">{}</a>', links) or None

    @admin.display(description="pixels", ordering="width")
    def size(self, picture):
        return f"{picture.width} × {picture.height}"


def preview(picture: Picture, *, linked: bool = False) -> str:
    """The smallest size, at most 160 pixels high, so that lists stay short."""
    scale = min(160 / picture.height, 160 / picture.width)
    image = format_html(
        '<img src="{}" width="{}" height="{}" alt="{}" loading="lazy">',
        picture.small_url,
        round(picture.width * scale),
        round(picture.height * scale),
        picture.alt,
    )
    return format_html('<a href="{}">{}</a>', picture.url, image) if linked else image
