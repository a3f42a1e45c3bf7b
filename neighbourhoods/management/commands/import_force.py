from argparse import BooleanOptionalAction

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from neighbourhoods.services import save_force


class Command(BaseCommand):
    help = "Creates a force, or changes it; an option that is not given leaves what stands."

    def add_arguments(self, parser):
        parser.add_argument("id", help="its data.police.uk id, like west-midlands")
        parser.add_argument("--name", required=True)
        parser.add_argument("--name-cy", help="its name in Welsh")
        parser.add_argument(
            "--welsh", action=BooleanOptionalAction, help="whether it polices a part of Wales"
        )
        parser.add_argument("--url", help="its website, https:// only")
        parser.add_argument("--report-url", help="where it takes reports of crime, https:// only")
        parser.add_argument("--telephone", help="101 unless it says otherwise")

    def handle(self, *, id, name, welsh, name_cy, url, report_url, telephone, **options):
        details = {
            "name": name,
            "welsh": welsh,
            "name_cy": name_cy,
            "url": url,
            "report_url": report_url,
            "telephone": telephone,
        }
        try:
            force, created = save_force(force_id=id, **details)
        except ValidationError as exc:
            raise CommandError(_wrong(exc, {"id": id, **details})) from exc
        self.stdout.write(f"{'Created' if created else 'Changed'} {force.pk}, {force.name}.")


def _wrong(exc: ValidationError, given: dict) -> str:
    """A line for each value that cannot be."""
    return "\n".join(
        f"{field.replace('_', '-')} {given[field]!r}: {' '.join(messages)}"
        for field, messages in exc.message_dict.items()
    )
