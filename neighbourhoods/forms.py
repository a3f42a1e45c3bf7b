from collections.abc import Mapping
from functools import cached_property

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from neighbourhoods.geometry import Point
from neighbourhoods.models import Topic
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

    @cached_property
    def helper(self) -> FormHelper:
        """Made when the form is shown: an answer that leads on at once shows none."""
        helper = FormHelper()
        helper.form_method = "get"
        helper.form_action = reverse("neighbourhoods:find")
        helper.layout = Layout(
            Field("postcode", template="portal/question.html", css_class="govuk-input--width-10"),
            Submit("submit", _("Find my team")),
        )
        return helper

    def clean_postcode(self) -> str:
        return _parsed(self.cleaned_data["postcode"])


class PointForm(forms.Form):
    """Where somebody stands, in degrees, as their device told it and their press sent it.

    Read to four decimals, some 10 metres: finer than that a device does not know, and
    nobody has to.
    """

    lat = forms.FloatField(min_value=-90, max_value=90)
    lng = forms.FloatField(min_value=-180, max_value=180)

    @staticmethod
    def is_asked_in(query: Mapping[str, str]) -> bool:
        return "lat" in query or "lng" in query

    @property
    def point(self) -> Point:
        found = self.cleaned_data
        return Point(round(found["lat"], 4), round(found["lng"], 4))


class TopicsForm(forms.Form):
    """What to be told of; ``cleaned_data["topics"]`` is a list of the values of Topic."""

    use_required_attribute = False
    button = _("Yes, keep me informed")

    topics = forms.MultipleChoiceField(
        label=_("What do you want to hear about?"),
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing to hear about")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            *(Field(name) for name in self.fields), Submit("submit", self.button)
        )


class FollowForm(TopicsForm):
    """An address and its topics, all of them unless the reader says otherwise."""

    button = _("Send me the link to confirm")
    field_order = ("email", "postcode", "topics")

    email = forms.EmailField(
        label=_("Your email address"),
        max_length=254,
        help_text=_("We use it for this and for nothing else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter your email address"),
            "invalid": _("Enter an email address in the right form, like name@example.org"),
            "max_length": _("The email address must be 254 characters or fewer"),
        },
    )
    postcode = forms.CharField(
        label=_("Your postcode (optional)"),
        required=False,
        help_text=_(
            "So that we can follow your home if areas are redrawn. We keep it only for that "
            "and show it to nobody."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "spellcheck": "false"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("initial", {"topics": Topic.values})
        super().__init__(*args, **kwargs)

    def clean_postcode(self) -> str:
        """The postcode as it is stored; empty where none was given."""
        typed = self.cleaned_data["postcode"]
        return _parsed(typed) if typed else ""


def _parsed(text: str) -> str:
    """The postcode in ``text``, parsed. Raises ValidationError with what to enter."""
    try:
        return parse_postcode(text)
    except InvalidPostcode as exc:
        raise forms.ValidationError(str(exc)) from exc
