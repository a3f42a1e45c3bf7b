from neighbourhoods.management.tables import RehearsedTableCommand
from teams.importers.duties import import_duties


class Command(RehearsedTableCommand):
    help = "Imports who is on duty when; the columns are in docs/DEVELOPERS.md."

    def import_table(self, lines, **how):
        return import_duties(lines, **how)
