"""An update as it is read: the one place where its words are put together, in either language."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from neighbourhoods.languages import ENGLISH, WELSH
from teams.models import PatrolUpdate
from teams.queries.names import with_names

_APART = "\x1e"  # between texts that are read at once: nobody types it


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


def copies_of(updates: Iterable[PatrolUpdate]) -> dict[int, list[tuple[str, str]]]:
    """Updates as they are posted elsewhere: by key, the text in each language with its address.

    With the names that residents may read alone, so they are made when they are read. One
    query, none where nobody is referred to.
    """
    told = [version for update in updates for version in told_in_each(update)]
    texts = with_names(_APART.join(map(_copied, told))).split(_APART)
    copies: dict[int, list[tuple[str, str]]] = {}
    for version, text in zip(told, texts, strict=False):
        copies.setdefault(version.update.pk, []).append((version.language, text))
    return copies


def _copied(told: Told) -> str:
    kwargs = {**told.update.neighbourhood.url_kwargs, "pk": told.update.pk}
    page = settings.SITE_URL + reverse("teams:update_detail", kwargs=kwargs)
    return f"{told.title}\n\n{told.text}\n\n{page}"


def told_in_each(update: PatrolUpdate) -> list[Told]:
    """The update in every language that it has."""
    languages = [ENGLISH, WELSH] if update.title_cy else [ENGLISH]
    return [told_in(language, update) for language in languages]


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
