from neighbourhoods.management.tables import TableCommand
from teams.importers.duty_codes import import_duty_codes


class Command(TableCommand):
    help = "Says what the codes of a duty system mean; the columns are in docs/DEVELOPERS.md."

    def load(self, table, force):
        return import_duty_codes(table.lines, force=force, source=table.name, sha256=table.sha256)
