from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from neighbourhoods.postcodes import InvalidPostcode, parse_postcode


class PostcodeForm(forms.Form):
    """The one question of the front page; ``cleaned_data`` holds the parsed postcode."""

    use_required_attribute = False

    postcode = forms.CharField(
        label=_("Enter your postcode"),
        help_text=_("We use it to find your team. We do not keep it."),
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "spellcheck": "false"}),
        error_messages={"required": _("Enter a postcode")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.form_action = reverse("neighbourhoods:find")
        self.helper.layout = Layout(
            Field("postcode", template="portal/question.html", css_class="govuk-input--width-10"),
            Submit("submit", _("Find my team")),
        )

    def clean_postcode(self) -> str:
        try:
            return parse_postcode(self.cleaned_data["postcode"])
        except InvalidPostcode as exc:
            raise forms.ValidationError(str(exc)) from exc
