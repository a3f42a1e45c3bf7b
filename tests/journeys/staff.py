"""What journeys of staff have in common: a way in, and the code that an app would show."""

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)

from teams.models import User

PASSWORD = "seventeen otters juggling"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def give_way_in(username: str) -> User:
    """Let one of the cast sign in with PASSWORD and the codes of SECRET."""
    user = User.objects.get(username=username)
    user.set_password(PASSWORD)
    user.save()
    TOTP.activate(user, SECRET)
    return user


def code_of(secret: str) -> str:
    """What an authenticator app with ``secret`` shows now."""
    _earlier, counter, _later = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, counter))


def sign_in(visitor, user: User) -> None:
    """Sign in as ``user``, whoever was signed in before."""
    visitor.page.context.clear_cookies()
    visitor.go("/staff/")
    visitor.fill("Email address", user.email)
    visitor.fill("Password", PASSWORD)
    visitor.press("Sign in")
    visitor.fill("Code", code_of(SECRET))
    visitor.press("Continue")


class Taps:
    """Counts what somebody presses between two moments."""

    def __init__(self, visitor):
        self.visitor, self.taps = visitor, 0

    def tap(self, control) -> None:
        self.taps += 1
        control.click()

    def follow(self, english: str) -> None:
        self.taps += 1
        self.visitor.follow(english)

    def press(self, english: str) -> None:
        self.taps += 1
        self.visitor.press(english)
