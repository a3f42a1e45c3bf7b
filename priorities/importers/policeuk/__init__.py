"""A whole force from saved answers of the data.police.uk API, on the day it begins here."""

from priorities.importers.policeuk.loading import import_policeuk

__all__ = ["import_policeuk"]
