"""An update as it is read: the one place where its words are put together, in either language."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from neighbourhoods.languages import ENGLISH, WELSH
from teams.models import PatrolUpdate


@dataclass(frozen=True)
class Part:
    """One part of an update; only those of a result have a heading."""

    heading: str
    text: str


@dataclass(frozen=True)
class Told:
    """An update in ``language``, its own, which need not be that of the page."""

    update: PatrolUpdate
    language: str
    title: str
    planned: str  # area, day and half of a planned patrol
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The words without the title, as mails, feeds and messages send them."""
        parts = (
            f"{part.heading}\n{part.text}" if part.heading else part.text for part in self.parts
        )
        return "\n\n".join(filter(None, (self.planned, *parts)))


def told_in(language: str, update: PatrolUpdate) -> Told:
    """The update in ``language``, or in English where there is no Welsh."""
    language = WELSH if language == WELSH and update.title_cy else ENGLISH
    with translation.override(language):
        return Told(
            update,
            language,
            title=_word(update, "title", language),
            planned=_planned(update, language),
            parts=tuple(_parts(update, language)),
        )


def _word(update: PatrolUpdate, field: str, language: str) -> str:
    return getattr(update, f"{field}_cy" if language == WELSH else field)


def _parts(update: PatrolUpdate, language: str) -> list[Part]:
    text = _word(update, "text", language)
    if update.kind != PatrolUpdate.Kind.RESULT:
        return [Part("", text)]
    return [
        Part(_("What you told us"), _word(update, "told", language)),
        Part(_("What we did"), text),
        Part(_("What came of it"), _word(update, "outcome", language)),
        Part(_("Our advice"), _word(update, "advice", language)),
    ]


def _planned(update: PatrolUpdate, language: str) -> str:
    if update.kind != PatrolUpdate.Kind.PLANNED:
        return ""
    return _("%(area)s, %(day)s: %(half)s") % {
        "area": _word(update, "area", language),
        "day": date_format(update.planned_on, "l j F Y"),
        "half": update.get_half_day_display(),
    }
