from neighbourhoods.importers.signposts import import_signposts
from neighbourhoods.management.tables import TableCommand


class Command(TableCommand):
    help = 'Replaces a force\'s "who deals with what"; the columns are in docs/DEVELOPERS.md.'

    def load(self, table, force):
        return import_signposts(table.lines, force=force, source=table.name, sha256=table.sha256)
