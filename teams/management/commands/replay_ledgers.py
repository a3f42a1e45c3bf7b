from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from teams.services.replaying import replay


class Command(BaseCommand):
    help = (
        "After a restore, before the portal is opened: hides and erases once more whatever the "
        "backup brought back. Ends with 1 where a line of the ledger makes no sense."
    )

    def handle(self, *args, **options):
        done = replay(now=timezone.now())
        for act, count in sorted(done.again.items()):
            self.stdout.write(f"{act}: {count} done again")
        self.stdout.write(f"{done.standing} acts stand, {sum(done.again.values())} done again")
        for line in done.missed:
            self.stdout.write(f"{line}; look again once the person is added")
        if done.cut_off:
            self.stdout.write("the last line is cut off: what it began to tell was not done")
        if done.wrong:
            raise CommandError("\n".join(["These lines make no sense:", *done.wrong]))
