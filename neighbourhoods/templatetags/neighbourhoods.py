"""What templates of every app need of places: the other language, telephone links, outlines."""

import re
from functools import cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import translate_url
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from neighbourhoods.geometry import read_outline
from neighbourhoods.languages import HTML_LANGUAGES, text_in
from neighbourhoods.models import Boundary

register = template.Library()

KILOMETRE_M, MILE_M = 1_000, 1_609.344


@register.simple_tag
def kept(component: str) -> str:
    """A component that needs nothing: drawn once for each language, then the same text again."""
    draw = _drawn.__wrapped__ if settings.DEBUG else _drawn
    return draw(component, get_language())


@cache
def _drawn(component: str, language: str) -> str:
    return render_to_string(component)


@register.simple_tag(takes_context=True)
def translated_url(context: template.Context, language: str) -> str:
    """The address of this same page in ``language``, its query kept."""
    return translate_url(context["request"].get_full_path(), language)


@register.filter(name="localised")
def localised_text(obj: object, field: str) -> str:
    """The bare text of a paired field, for titles and attributes; elsewhere use the tag."""
    return text_in(get_language(), obj, field)[0] if obj else ""


@register.simple_tag(name="localised")
def localised_element(obj: object, field: str) -> str:
    """The text of a paired field, marked where it is not in the language of the page."""
    page_language = get_language()
    text, language = text_in(page_language, obj, field)
    if language == page_language:
        return text
    return format_html('<span lang="{}">{}</span>', HTML_LANGUAGES[language], text)


@register.simple_tag
def html_lang(language: str) -> str:
    """The ``lang`` attribute of an element whose language is not that of the page."""
    if language == get_language():
        return ""
    return format_html(' lang="{}"', HTML_LANGUAGES[language])


@register.filter
def phone_href(number: str) -> str:
    """The ``tel:`` address of a British telephone number as people write it.

    A number of the national plan begins with 0 and gets its country code, so that
    the link works from abroad; short codes such as 101 exist inside the country only.
    """
    digits = re.sub(r"\(0\)|[^0-9+]", "", number)
    return f"tel:+44{digits[1:]}" if digits.startswith("0") else f"tel:{digits}"


@register.filter
def distance(metres: float) -> str:
    """A distance as a walker would say it: to 50 metres, from a kilometre on in miles."""
    if metres < KILOMETRE_M:
        near = max(50, round(metres / 50) * 50)
        return _("%(number)s metres") % {"number": near}
    miles = round(metres / MILE_M, 1)
    return _("%(number)s miles") % {"number": number_format(miles, 1)}


@register.inclusion_tag("components/outline_map.html")
def outline_map(boundary: Boundary, name: str, *, small: bool = False) -> dict[str, object]:
    """The drawing of a boundary; ``name`` is what its readers call the place."""
    outline = read_outline(boundary.outline)
    return {"id": boundary.pk, "name": name, "outline": outline, "small": small}
