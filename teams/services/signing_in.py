"""What somebody changes about their own way in, and a force administrator about a phone."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.utils.translation import gettext as _

from teams import audit
from teams.models import User
from teams.models.session import FORCE_PHONE


class LastFactor(Exception):
    """Without it the account could not be signed in to any more."""


@transaction.atomic
def add_passkey(*, user: User, name: str, credential: dict[str, object]) -> Authenticator:
    """Take what the browser answered for a passkey of the account; the first brings codes."""
    passkey = WebAuthn.add(user, name, credential).instance
    RecoveryCodes.activate(user)
    audit.record("factor.added", passkey, by=user, kind=passkey.type)
    return passkey


@transaction.atomic
def note_app(*, user: User) -> None:
    """Write down that the account has an authenticator app since now."""
    app = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    audit.record("factor.added", app, by=user, kind=app.type)


@transaction.atomic
def remove_factor(*, factor: Authenticator, by: User) -> None:
    """Take an app or a passkey away. Raises LastFactor."""
    User.objects.select_for_update(no_key=True).get(pk=factor.user_id)
    others = Authenticator.objects.filter(user=factor.user).exclude(pk=factor.pk)
    if not others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        raise LastFactor(_("Add another app or passkey first: this is your only one."))
    audit.record("factor.removed", factor, by=by, kind=factor.type)
    factor.delete()


@transaction.atomic
def end_sessions(*, user: User, but: str, by: User) -> int:
    """Sign the account out everywhere but in the session ``but``; say in how many places."""
    ended, _rows = user.sessions.exclude(pk=but).delete()
    audit.record("sessions.ended", user, by=by, number=ended)
    return ended


@transaction.atomic
def mark_phone(*, passkey: Authenticator, of_force: bool, by: User) -> None:
    """Say whether a passkey is on a phone that the force manages: its sessions may lie idle longer.

    Those that had that leave lose it at once.
    """
    passkey.data[FORCE_PHONE] = of_force
    passkey.save(update_fields=["data"])
    if not of_force:
        passkey.user.sessions.all().delete()
    audit.record("phone.marked", passkey, by=by, user=passkey.user_id, of_force=of_force)
