"""A resident follows a neighbourhood, is told of an update, and leaves by one press."""

import re

import pytest
from django.utils import timezone

from neighbourhoods.models import Follower, Neighbourhood
from teams.models import User
from teams.services.updates import publish_update, write_update
from tests.processes import Received, SmtpSink, wait_for

pytestmark = pytest.mark.journey
HARKSTOW = "/areas/casterwell/harkstow/"
WORDS = {
    "title": "Bikes marked at the library",
    "text": "We marked 22 bikes on Saturday.",
    "title_cy": "",
    "text_cy": "",
}


def newest_mail(sink: SmtpSink, address: str, count: int) -> Received:
    """The last of ``count`` mails to ``address``, once they have come."""

    def arrived():
        return [mail for mail in sink.journal if address in mail.to][count - 1 :]

    return wait_for(arrived, f"mail {count} to {address}")[0]


def link_in(mail: Received, path: str) -> str:
    return re.search(rf"https?://\S+{path}[A-Za-z0-9_-]{{43}}/", mail.part("plain"))[0]


def test_resident_follows_is_told_and_leaves(visitor, mail_sink):
    address = f"ana.reed.{visitor.way.width}@example.org"
    visitor.go(HARKSTOW)
    visitor.follow("Follow the team by email")
    visitor.fill("Your email address", address)
    visitor.press("Send me the link to confirm")
    assert visitor.heading() == visitor.text("Check your email")

    link = link_in(newest_mail(mail_sink, address, 1), "/follow/")
    visitor.page.goto(link)
    visitor.check()
    assert link.rsplit("/", 2)[1] not in visitor.page.url
    visitor.press("Yes, keep me informed")
    assert visitor.heading() == visitor.text("You follow this team")

    publish_an_update(visitor)
    mail = newest_mail(mail_sink, address, 2)
    assert "We marked 22 bikes on Saturday." in mail.part("plain")
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    visitor.page.goto(link_in(mail, "/follow/leave/"))
    visitor.check()
    visitor.press("Stop these mails")
    assert visitor.heading() == visitor.text("You get no more of these mails")
    assert not Follower.objects.filter(email=address).exists()


def publish_an_update(visitor) -> None:
    """What the sergeant does; the pages for it have a journey of their own."""
    sergeant = User.objects.get(username="imran.dalvari")
    place = Neighbourhood.objects.get(name="Harkstow Estate")
    update = write_update(neighbourhood=place, words=WORDS, by=sergeant)
    publish_update(update=update, by=sergeant, now=timezone.now())


def test_missing_address_is_named(visitor):
    visitor.go(f"{HARKSTOW}follow/")
    visitor.press("Send me the link to confirm")

    assert visitor.page.title().startswith(visitor.text("Error:"))
    visitor.follow("Enter your email address")
    assert visitor.page.evaluate("document.activeElement.id") == "id_email"


@pytest.mark.parametrize("path", ["follow/", "follow/asked/", "follow/confirmed/", "events/"])
def test_pages_are_without_barriers(visitor, path):
    visitor.go(HARKSTOW + path)

    assert visitor.heading()
