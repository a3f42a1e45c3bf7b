"""An officer's own photo, and what they agree to. Changed words need a new CONSENT_VERSION."""

from django import forms
from django.utils.translation import gettext_lazy as _

from teams.forms.fields import StaffForm

CONSENT = _(
    "I agree that residents see this photo beside my name on the pages of my teams. It is my "
    "choice, I need no photo for my work, and I can take it away here at any time."
)


class OwnPhotoForm(StaffForm):
    button = _("Show this photo")

    photo = forms.FileField(
        label=_("Your photo"),
        help_text=_("JPEG, PNG or WebP, up to 6 MB. Your face should be in the middle."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={
            "required": _("Choose a photo"),
            "missing": _("Choose a photo"),
            "invalid": _("Choose a photo"),
            "empty": _("The photo is an empty file. Choose another one"),
        },
    )
    consent = forms.BooleanField(
        label=CONSENT,
        error_messages={"required": _("Tick the box if you agree. Without it nothing is shown")},
    )
