"""A force administrator invites a member; the mail comes, and its link leads to a first sign-in."""

import re

import pytest

from teams.models import Member
from tests.journeys.staff import code_of, give_way_in, sign_in

pytestmark = pytest.mark.journey
PASSWORD = "nine lanterns on a quay"  # noqa: S105  an invented account's


def test_invited_member_sets_up_their_sign_in_from_the_mail(visitor, smtp_sink):
    sign_in(visitor, give_way_in("owen.sparrowhall"))
    member = Member.objects.get(name="Grace Winterlode")
    visitor.go(f"/staff/forces/casterwell/people/{member.pk}/")
    visitor.follow("Invite to sign in")
    visitor.fill("Email address", "grace.winterlode@example.org")
    visitor.press("Send invitation")
    visitor.press("Sign out")

    mail = smtp_sink.wait_for(to="grace.winterlode@example.org")
    link = re.search(r"https?://\S+/staff/invitation/\S+", mail.text)[0]
    visitor.page.goto(link.replace("/staff/", f"{visitor.way.prefix}/staff/"))
    visitor.check()
    assert link.rsplit("/", 2)[1] not in visitor.page.url
    visitor.fill("Choose a password", PASSWORD)
    visitor.press("Save password and continue")
    visitor.fill("Code", code_of(visitor.page.locator("main strong").inner_text()))
    visitor.press("Check the code and finish")
    assert visitor.heading() == visitor.text("Recovery codes")
    visitor.follow("Continue")

    assert visitor.heading() == visitor.text("Staff home")
