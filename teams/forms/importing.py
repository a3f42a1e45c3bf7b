"""The file of people that a force administrator puts up."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from teams.forms.fields import StaffForm

LONGEST = 10 * 1024 * 1024


class PeopleFileForm(StaffForm):
    button = _("Show what it would change")
    file = forms.FileField(
        label=_("A file of people"),
        help_text=_("CSV in UTF-8, up to 10 MB. Nothing is changed yet."),
        error_messages={
            "required": _("Choose a file"),
            "invalid": _("Choose a file"),
            "empty": _("Choose a file that is not empty"),
            "missing": _("Choose a file"),
        },
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > LONGEST:
            raise forms.ValidationError(_("Choose a file of 10 MB or less"))
        return file
