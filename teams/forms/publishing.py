"""What an inspector holds back, where and until when."""

from django import forms
from django.utils.translation import gettext_lazy as _

from teams.forms.fields import reason_field
from teams.forms.posts import PeriodForm


class HoldForm(PeriodForm):
    """Days and a reason; ``with_area`` offers the whole policing area too."""

    button = _("Hold what is planned")
    reason = reason_field(
        label=_("Why?"),
        help_text=_("For staff alone. Residents are told nothing."),
        missing=_("Enter the reason"),
    )
    whole_area = forms.BooleanField(
        label=_("In the whole policing area, not only here"), required=False
    )

    def __init__(self, *args: object, with_area: bool, **kwargs: object):
        if not with_area:
            self.base_fields = {**self.base_fields}
            del self.base_fields["whole_area"]
        super().__init__(*args, **kwargs)
