"""Bars that stay legible on a phone: widths in per cent, text of a fixed size.

A drawing with a viewBox shrinks its text with itself. These have none, and presentation
attributes in place of styles, so that a strict content policy and a PDF draw them alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

ROW_PX, TEXT_PX, BAR_PX = 46, 16, 14
BAR_TOP_PX = 24
BAR_COLOUR, TRACK_COLOUR, TEXT_COLOUR = "#12436d", "#dbdfe2", "#0b0c0c"


@dataclass(frozen=True)
class Bar:
    """One row: ``amount`` None draws no bar, for what is not known; ``shown`` says it in words."""

    label: str
    amount: int | None
    shown: str


def percent_bars(bars: Sequence[Bar], *, name: str, title: str, description: str) -> SafeString:
    """An ``<svg>`` with a bar for each row, the longest as wide as the drawing.

    ``name`` is unique on the page: it makes the ids by which title and description are
    read out. Label and value stand above their bar, so that neither is ever cut off.
    """
    longest = max((bar.amount or 0 for bar in bars), default=0)
    rows = format_html_join("", "{}", ((_row(bar, at, longest),) for at, bar in enumerate(bars)))
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="{}" role="img"'
        ' aria-labelledby="{name}-title {name}-desc"'
        ' font-family="arial, sans-serif" font-size="{}">'
        '<title id="{name}-title">{}</title><desc id="{name}-desc">{}</desc>{}</svg>',
        len(bars) * ROW_PX,
        TEXT_PX,
        title,
        description,
        rows,
        name=name,
    )


def percent_bar(amount: int, whole: int, text: str) -> SafeString:
    """One bar, as long as ``amount`` is of ``whole``; nothing beside a whole of nothing.

    The number stands beside it on a page, so it is drawn for the eye alone there; ``text``
    is what stands for it in a PDF.
    """
    if not whole:
        return SafeString("")
    return format_html(
        '<svg class="portal-bar" width="100%" height="{}" aria-hidden="true" focusable="false">'
        "<title>{}</title>{}</svg>",
        BAR_PX,
        text,
        _bar(0, amount, whole),
    )


def _row(bar: Bar, at: int, longest: int) -> SafeString:
    top = at * ROW_PX
    words = format_html(
        '<text x="0" y="{y}" fill="{colour}">{}</text>'
        '<text x="100%" y="{y}" fill="{colour}" text-anchor="end">{}</text>',
        bar.label,
        bar.shown,
        y=top + TEXT_PX,
        colour=TEXT_COLOUR,
    )
    if bar.amount is None:
        return words
    return words + _bar(top + BAR_TOP_PX, bar.amount, longest)


def _bar(top: int, amount: int, whole: int) -> SafeString:
    """A track with the bar on it."""
    width = round(100 * amount / whole, 2) if whole else 0
    return _rect(top, 100, TRACK_COLOUR) + _rect(top, width, BAR_COLOUR)


def _rect(top: int, width: float, colour: str) -> SafeString:
    return format_html(
        '<rect x="0" y="{}" width="{}%" height="{}" fill="{}"/>', top, width, BAR_PX, colour
    )
