from neighbourhoods.management.tables import TableCommand
from teams.importers.people import import_people


class Command(TableCommand):
    help = "Imports members and postings; the columns are in docs/DEVELOPERS.md."

    def load(self, table, force):
        return import_people(table.lines, force=force, source=table.name)
