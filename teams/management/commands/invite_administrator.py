from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from neighbourhoods.clock import london_date
from neighbourhoods.models import Force
from teams.services.invitations import EmailTaken, invite_administrator


class Command(BaseCommand):
    help = "Mails a force's first administrator the link to set up their sign-in."

    def add_arguments(self, parser):
        parser.add_argument("force")
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--language", choices=["en-gb", "cy"], default="en-gb")

    def handle(self, *args, **options):
        force = Force.objects.filter(pk=options["force"]).first()
        if force is None:
            raise CommandError(f"There is no force {options['force']!r}: import_force makes one.")
        now = timezone.now()
        try:
            validate_email(options["email"])
            invite_administrator(
                force=force,
                name=options["name"],
                email=options["email"],
                language=options["language"],
                now=now,
                on=london_date(now),
            )
        except (ValidationError, EmailTaken) as exc:
            raise CommandError(
                f"{options['email']}: {' '.join(getattr(exc, 'messages', [str(exc)]))}"
            ) from exc
        self.stdout.write(f"The invitation for {force} will be mailed within a minute.")
