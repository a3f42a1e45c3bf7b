"""Every URL of the portal, as Django resolves it, in both languages."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import URLPattern, get_resolver, resolve
from django.utils import translation

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
APPS = ("config", "neighbourhoods", "teams", "priorities", "feedback", "reports")


@dataclass(frozen=True)
class Route:
    """One URL pattern in one language, such as ``/cy/staff/forces/<str:force_id>/people/``."""

    language: str
    pattern: str
    name: str

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.pattern)

    def path(self, values: dict[str, object]) -> str:
        return PARAMETER.sub(lambda found: str(values[found[1]]), self.pattern)

    def view(self, values: dict[str, object]) -> Callable:
        """The view that the path leads to, asked of Django and not read from the pattern."""
        with translation.override(self.language):
            return resolve(self.path(values)).func


def all_routes() -> list[Route]:
    return [route for language, _name in settings.LANGUAGES for route in _routes_in(language)]


def _routes_in(language: str) -> list[Route]:
    with translation.override(language):
        return [Route(language, f"/{where}", name) for where, name in _walk(get_resolver(), "")]


def _walk(resolver, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield where, entry.name
        else:
            yield from _walk(entry, where)
