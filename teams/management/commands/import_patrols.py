from neighbourhoods.management.tables import RehearsedTableCommand
from teams.importers.patrols import import_patrols


class Command(RehearsedTableCommand):
    help = "Imports how long teams were on patrol; the columns are in docs/DEVELOPERS.md."

    def import_table(self, lines, **how):
        return import_patrols(lines, **how)
