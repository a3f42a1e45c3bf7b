from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from neighbourhoods.services import save_force


class Command(BaseCommand):
    help = "Creates a force, or changes its name."

    def add_arguments(self, parser):
        parser.add_argument("id", help="its data.police.uk id, like west-midlands")
        parser.add_argument("--name", required=True)
        parser.add_argument("--welsh", action="store_true", help="it polices a part of Wales")

    def handle(self, *, id, name, welsh, **options):
        try:
            force, created = save_force(force_id=id, name=name, welsh=welsh)
        except ValidationError as exc:
            raise CommandError(f"{id}: {' '.join(exc.messages)}") from exc
        self.stdout.write(f"{'Created' if created else 'Changed'} {force.pk}, {force.name}.")
