"""Why residents read somebody's first name only."""

from django.utils.translation import gettext_lazy as _

from teams.forms.fields import StaffForm, reason_field


class FirstNameForm(StaffForm):
    """With a reason the first name stands alone, without one the whole name is shown again."""

    reason = reason_field(
        label=_("Why is the first name enough?"),
        help_text=_("For staff alone. Leave it empty to show the whole name again."),
    )
