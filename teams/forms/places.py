"""What residents are told of a place: kind, words, whom it serves, hours."""

from functools import partial

from crispy_forms.layout import Field, Fieldset
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from neighbourhoods.languages import text_in
from neighbourhoods.models import Neighbourhood, OpeningHours, Place
from neighbourhoods.opening import NoHours, Span, parse_spans, spans_text
from neighbourhoods.postcodes import InvalidPostcode, display, parse_postcode
from teams.forms.fields import (
    DayField,
    ProseField,
    StaffForm,
    line_field,
    telephone_validator,
)

WORDS = ("kind", "name", "address", "postcode", "telephone", "access", "name_cy", "access_cy")
DAY = OpeningHours.Weekday
DAYS = {f"hours_{day.value}": day for day in DAY}


class HoursField(forms.CharField):
    """The hours of one day as people write them; nothing where it is closed."""

    def __init__(self, **kwargs: object):
        super().__init__(required=False, max_length=80, **kwargs)

    def clean(self, value: object) -> list[Span]:
        try:
            return parse_spans(super().clean(value))
        except NoHours as exc:
            raise forms.ValidationError(
                _("Enter hours like 9am to 5pm, or 09:00 to 12:30, 13:00 to 17:00")
            ) from exc


class ServedField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Neighbourhood) -> str:
        return text_in(get_language(), obj, "name")[0]


words_field = partial(line_field, Place)


class WeekForm(StaffForm):
    """The hours of each weekday; ``week()`` returns what the services take."""

    hours_0 = HoursField(label=DAY.MONDAY.label)
    hours_1 = HoursField(label=DAY.TUESDAY.label)
    hours_2 = HoursField(label=DAY.WEDNESDAY.label)
    hours_3 = HoursField(label=DAY.THURSDAY.label)
    hours_4 = HoursField(label=DAY.FRIDAY.label)
    hours_5 = HoursField(label=DAY.SATURDAY.label)
    hours_6 = HoursField(label=DAY.SUNDAY.label)

    def week(self) -> dict[int, list[Span]]:
        return {day.value: self.cleaned_data[name] for name, day in DAYS.items()}


class PlaceForm(WeekForm):
    """A place and its week. ``place_fields()`` and ``served()`` return what the services take."""

    button = _("Save place")
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=Place.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is")},
    )
    name = words_field(
        "name",
        _("The name must be 120 characters or fewer"),
        label=_("Name"),
        missing=_("Enter its name"),
    )
    address = words_field(
        "address",
        _("The address must be 200 characters or fewer"),
        label=_("Address without the postcode"),
        missing=_("Enter its address"),
    )
    postcode = forms.CharField(label=_("Postcode"), required=False, max_length=20)
    telephone = forms.CharField(
        label=_("Telephone"),
        required=False,
        max_length=20,
        validators=[telephone_validator],
        error_messages={"max_length": _("The number must be 20 characters or fewer")},
    )
    access = words_field(
        "access",
        _("This must be 300 characters or fewer"),
        label=_("How to get in"),
        help_text=_("Steps, lifts, parking, a hearing loop, where the bell is."),
    )
    name_cy = words_field(
        "name_cy", _("The name must be 120 characters or fewer"), label=_("Name in Welsh")
    )
    access_cy = words_field(
        "access_cy", _("This must be 300 characters or fewer"), label=_("How to get in, in Welsh")
    )
    serves = ServedField(
        label=_("Which neighbourhoods does it serve?"), queryset=Neighbourhood.objects.none()
    )

    def __init__(self, *args: object, place: Place, reach, whole_force: bool, **kwargs: object):
        kwargs.setdefault("initial", _as_shown(place) if place.pk else None)
        super().__init__(*args, **kwargs)
        self.place, self.reach = place, reach
        serves = self.fields["serves"]
        serves.queryset = reach
        serves.required = not whole_force
        serves.error_messages["required"] = _("Choose at least one neighbourhood")
        if whole_force:
            serves.help_text = _("Choose none if it serves the whole force.")

    def layout(self) -> list[object]:
        return [
            *(Field(name) for name in (*WORDS[:6], "serves")),
            Fieldset(_("Opening hours"), *DAYS),
            Fieldset(_("In Welsh"), "name_cy", "access_cy"),
        ]

    def clean_postcode(self) -> str:
        typed = self.cleaned_data["postcode"]
        try:
            return display(parse_postcode(typed)) if typed else ""
        except InvalidPostcode as exc:
            raise forms.ValidationError(str(exc)) from exc

    def place_fields(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in WORDS}

    def served(self) -> list[Neighbourhood]:
        """Those chosen, and those it serves already that the writer has no say over."""
        kept = self.place.neighbourhoods.exclude(pk__in=self.reach) if self.place.pk else []
        return [*self.cleaned_data["serves"], *kept]


def _as_shown(place: Place) -> dict[str, object]:
    hours = list(place.opening_hours.all())
    week = {
        name: spans_text(row.span for row in hours if row.weekday == day)
        for name, day in DAYS.items()
    }
    words = {name: getattr(place, name) for name in WORDS}
    return {**words, **week, "serves": list(place.neighbourhoods.all())}


class ExceptionForm(StaffForm):
    """Other hours on one day. ``span()`` is None where the place is closed."""

    button = _("Save this day")
    on = DayField(label=_("Which day?"), missing=_("Enter the day"))
    hours = HoursField(
        label=_("Open from when until when?"),
        help_text=_("For example, 10am to 2pm. Leave it empty if it is closed all day."),
    )
    reason = forms.CharField(
        label=_("Why?"),
        required=False,
        max_length=120,
        help_text=_("Residents see this. For example, bank holiday."),
        error_messages={"max_length": _("The reason must be 120 characters or fewer")},
    )
    reason_cy = forms.CharField(
        label=_("The reason in Welsh"),
        required=False,
        max_length=120,
        error_messages={"max_length": _("The reason must be 120 characters or fewer")},
    )

    def clean_hours(self) -> list[Span]:
        spans = self.cleaned_data["hours"]
        if len(spans) > 1:
            raise forms.ValidationError(_("Enter one beginning and one end"))
        return spans

    def said(self) -> dict[str, object]:
        found = self.cleaned_data
        texts = {name: found[name] for name in ("on", "reason", "reason_cy")}
        return {**texts, "span": found["hours"][0] if found["hours"] else None}


class StreetsForm(StaffForm):
    streets = ProseField(
        rows=6,
        label=_("Which streets and places does the team cover?"),
        required=False,
        max_length=2000,
        help_text=_("Residents see this beside the outline. Empty: the description is shown."),
        error_messages={"max_length": _("This must be 2,000 characters or fewer")},
    )
    streets_cy = ProseField(
        rows=6,
        label=_("The same in Welsh"),
        required=False,
        max_length=2000,
        error_messages={"max_length": _("This must be 2,000 characters or fewer")},
    )
