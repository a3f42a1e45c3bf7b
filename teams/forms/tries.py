"""How often a code may be tried before somebody has to wait.

Never by the account alone: whoever knows a password could keep its owner out. Only the sum over
all browsers that never signed in to the account is limited, since six digits can be guessed; one
that did, and a passkey, which cannot be guessed, are let through.
"""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from teams.models import User

KNOWN_BROWSER = "portal_known"
KNOWN_FOR_S = 90 * 24 * 60 * 60
SALT = "teams.known_browser"


def counted_try(user: User) -> Callable[[], None]:
    """Count one try of a code for the account; what forgets it again once the code was right.

    Raises ValidationError where there were too many.
    """
    request = context.request
    network = ratelimit.get_ip(request)
    kinds = {"code": f"{user.pk}:{network}"}
    if not is_known(request, user):
        kinds["code_anywhere"] = str(user.pk)
    counted = [_consumed(request, action, key) for action, key in kinds.items()]
    if not all(counted):
        raise get_adapter().validation_error("too_many_login_attempts")
    return lambda: [usage.rollback() for usage in counted]


def _consumed(request: HttpRequest, action: str, key: str) -> ratelimit.RateLimitUsage | None:
    rates = settings.CODE_RATE_LIMITS
    return ratelimit.consume(request, app="teams", action=action, key=key, config=rates)


def is_known(request: HttpRequest, user: User) -> bool:
    """Whether somebody signed in to the account with this browser within KNOWN_FOR_S."""
    told = request.COOKIES.get(KNOWN_BROWSER, "")
    try:
        return signing.loads(told, salt=SALT, max_age=KNOWN_FOR_S) == user.pk
    except signing.BadSignature:
        return False


def mark_of(user: User) -> str:
    """What a browser keeps once somebody has signed in with it."""
    return signing.dumps(user.pk, salt=SALT)
