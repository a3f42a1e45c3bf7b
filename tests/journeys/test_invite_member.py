"""A force administrator invites a member; the mail comes, and its link leads to a first sign-in."""

import re

import pytest

from teams.models import Member
from tests.journeys.staff import code_of, give_way_in, sign_in
from tests.processes import SmtpSink, wait_for

pytestmark = pytest.mark.journey
PASSWORD = "nine lanterns on a quay"


def link_in_mail(sink: SmtpSink, address: str) -> str:
    """The link to set up a sign-in that reached ``address``, once it has come."""
    mails = wait_for(lambda: [m for m in sink.journal if address in m.to], f"a mail to {address}")
    return re.search(r"https?://\S+/staff/invitation/\S+", mails[-1].part("plain"))[0]


def test_invited_member_sets_up_their_sign_in_from_the_mail(visitor, mail_sink):
    sign_in(visitor, give_way_in("owen.sparrowhall"))
    member = Member.objects.get(name="Grace Winterlode")
    visitor.go(f"/staff/forces/casterwell/people/{member.pk}/")
    visitor.follow("Invite to sign in")
    visitor.fill("Email address", "grace.winterlode@example.org")
    visitor.press("Send invitation")
    visitor.press("Sign out")

    link = link_in_mail(mail_sink, "grace.winterlode@example.org")
    visitor.page.goto(link.replace("/staff/", f"{visitor.way.prefix}/staff/", 1))
    visitor.check()
    assert link.rsplit("/", 2)[1] not in visitor.page.url
    taps = [
        lambda: visitor.fill("Choose a password", PASSWORD),
        lambda: visitor.press("Save password and continue"),
        lambda: visitor.fill("Code", code_of(visitor.page.locator("main strong").inner_text())),
        lambda: visitor.press("Check the code and finish"),
        lambda: visitor.press("Continue"),
    ]
    for tap in taps:
        tap()

    assert visitor.heading() == visitor.text("Staff home")
    assert len(taps) == 5  # two fields and three buttons from the mail to the staff home
