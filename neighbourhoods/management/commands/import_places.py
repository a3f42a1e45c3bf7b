from neighbourhoods.importers.stations import import_places
from neighbourhoods.management.tables import TableCommand


class Command(TableCommand):
    help = "Replaces a force's stations and counters; the columns are in docs/DEVELOPERS.md."

    def load(self, table, force):
        return import_places(table.lines, force=force, source=table.name, sha256=table.sha256)
