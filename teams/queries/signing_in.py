"""The ways into an account, as its owner sees them."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from teams.models import User
from teams.models.session import FORCE_PHONE


@dataclass(frozen=True)
class Factor:
    pk: int
    name: str  # of a passkey; an app has none
    added_at: datetime
    used_at: datetime | None
    of_force_phone: bool


@dataclass(frozen=True)
class WaysIn:
    app: Factor | None
    passkeys: list[Factor]
    codes_left: int
    has_password: bool
    is_linked: bool  # to the force's single sign-on

    @property
    def has_spare(self) -> bool:
        """Whether one of them can be taken away."""
        return len(self.passkeys) + (self.app is not None) > 1


def ways_in(user: User) -> WaysIn:
    """How the account can be signed in to: three queries."""
    rows = list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))
    of_kind = {kind: [row for row in rows if row.type == kind] for kind in Authenticator.Type}
    apps, codes = of_kind[Authenticator.Type.TOTP], of_kind[Authenticator.Type.RECOVERY_CODES]
    return WaysIn(
        app=_factor(apps[0]) if apps else None,
        passkeys=[_factor(row) for row in of_kind[Authenticator.Type.WEBAUTHN]],
        codes_left=len(codes[0].wrap().get_unused_codes()) if codes else 0,
        has_password=user.has_usable_password(),
        is_linked=SocialAccount.objects.filter(user=user).exists(),
    )


def passkeys_of(user: User | None) -> list[Factor]:
    """The passkeys of an account, oldest first; none of somebody without one."""
    of_user = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return [_factor(row) for row in of_user.order_by("created_at", "pk")] if user else []


def _factor(row: Authenticator) -> Factor:
    name, of_force = row.data.get("name", ""), row.data.get(FORCE_PHONE, False)
    return Factor(row.pk, name, row.created_at, row.last_used_at, of_force)
