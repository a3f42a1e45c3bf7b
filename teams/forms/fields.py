"""What the forms of staff are made of."""

from typing import Self

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms
from django.core.validators import RegexValidator, URLValidator
from django.db.models import Model
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from neighbourhoods.languages import HTML_LANGUAGES, text_in
from neighbourhoods.models import Neighbourhood, PolicingArea
from teams.models import ContactRoute

DAY_FORMATS = ["%d %m %Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d %B %Y", "%d %b %Y"]
TIME_FORMATS = ["%H:%M", "%H.%M", "%I:%M%p", "%I.%M%p", "%I%p", "%I:%M %p", "%I.%M %p", "%I %p"]
telephone_validator = RegexValidator(
    r"^[0-9 +()]{3,}\Z", _("Enter a telephone number, like 01632 960 001")
)


class DayField(forms.DateField):
    """A day in one text input: people type it faster than they pick it."""

    def __init__(self, *, missing: str, **kwargs: object):
        kwargs.setdefault("help_text", _("For example, 27 11 2026"))
        super().__init__(
            input_formats=DAY_FORMATS,
            widget=forms.DateInput(format="%d %m %Y"),
            error_messages={
                "required": missing,
                "invalid": _("Enter a real day, like 27 11 2026"),
            },
            **kwargs,
        )


class ClockField(forms.TimeField):
    """A time of day as people write it: 6:30pm, 18:30, 6pm."""

    def __init__(self, *, missing: str, **kwargs: object):
        super().__init__(
            input_formats=TIME_FORMATS,
            widget=forms.TimeInput(format="%H:%M"),
            error_messages={
                "required": missing,
                "invalid": _("Enter a time, like 6:30pm or 18:30"),
            },
            **kwargs,
        )


class ProseField(forms.CharField):
    """Several lines of text, counted as the reader counts them: a line end is one character."""

    def __init__(self, *, rows: int, **kwargs: object):
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def to_python(self, value: object) -> str:
        return super().to_python(value).replace("\r\n", "\n")


class WebField(forms.URLField):
    default_validators = [URLValidator(schemes=["https"])]


def line_field(model: type[Model], name: str, too_long: str, **kwargs: object) -> forms.CharField:
    """One line, as long as the column ``name``; needed where it says what is ``missing``."""
    missing = {"required": kwargs.pop("missing")} if "missing" in kwargs else {}
    return forms.CharField(
        max_length=model._meta.get_field(name).max_length,
        error_messages={"max_length": too_long, **missing},
        required=bool(missing),
        **kwargs,
    )


def telephone_field(kind: ContactRoute.Kind) -> forms.CharField:
    return forms.CharField(
        label=kind.label,
        required=False,
        max_length=20,
        validators=[telephone_validator],
        error_messages={"max_length": _("The number must be 20 characters or fewer")},
    )


class PairedLabel(str):
    """The text of a paired field; ``lang`` is set where it is not in the language of the page."""

    lang = ""

    @classmethod
    def of(cls, obj: Model, field: str) -> Self:
        page_language = get_language()
        text, language = text_in(page_language, obj, field)
        label = cls(text)
        label.lang = "" if language == page_language else HTML_LANGUAGES[language]
        return label


class PairedOptions:
    """For widgets that offer paired labels: says in which language an option is."""

    def create_option(
        self, name: str, value: object, label: str, *args: object, **kwargs: object
    ) -> dict[str, object]:
        option = super().create_option(name, value, label, *args, **kwargs)
        if lang := getattr(label, "lang", ""):
            option["attrs"]["lang"] = lang
        return option


class PairedSelect(PairedOptions, forms.Select):
    pass


class PairedCheckboxes(PairedOptions, forms.CheckboxSelectMultiple):
    pass


class PlaceField(forms.ModelChoiceField):
    """A neighbourhood or policing area, under its name in the language of the page."""

    widget = PairedSelect

    def label_from_instance(self, obj: Neighbourhood | PolicingArea) -> str:
        return PairedLabel.of(obj, "name")


def one_button(button: str, *fields: object) -> FormHelper:
    """The layout of a form that posts back to its own page with one button."""
    helper = FormHelper()
    helper.layout = Layout(*fields, Submit("submit", button))
    return helper


class StaffForm(forms.Form):
    """A form that posts back to its own page, with one button."""

    button = _("Save")

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.helper = one_button(self.button, *self.layout())

    def layout(self) -> list[object]:
        return [Field(name) for name in self.fields]


def reason_field(*, missing: str = "", **kwargs: object) -> ProseField:
    """Why something is taken back; not required where ``missing`` says nothing."""
    return ProseField(
        rows=3,
        max_length=300,
        required=bool(missing),
        error_messages={
            "required": missing,
            "max_length": _("The reason must be 300 characters or fewer"),
        },
        **kwargs,
    )


class ReasonForm(StaffForm):
    """Takes something back: the ``reason`` that the form itself asks for, also in Welsh."""

    field_order = ("reason", "reason_cy")
    reason_cy = reason_field(label=_("The reason in Welsh"))
