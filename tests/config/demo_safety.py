"""What has to be true of whose name and face residents of the demonstration may know."""

from datetime import date, datetime

from neighbourhoods.models import Neighbourhood
from teams.models import Member, Photo
from teams.photos import look_at
from teams.queries import named_officer, team_on
from tests.config.demo_say import from_d

SHORT = {"Callum Driftwell", "Ron Aldercombe", "Gwen Eirlysmor"}
SHOWN_AT_THE_DOCK = {"Insp Ruth Quillfeather", "Sgt Moira Stonequay", "PCSO Callum"}


def assert_hidden(today: date) -> None:
    """Residents of Tarrow Dock read that there is a team; three people have a first name alone."""
    [hidden] = Member.objects.hidden()
    assert (str(hidden), from_d(hidden.hidden_at, today)) == ("PC Zephyrine Oakcanary", -12)
    dock = Neighbourhood.objects.get(code="tarrow-dock")
    post = named_officer(dock, today)
    assert (post.state, post.member, post.since) == ("team", None, None)
    assert {str(entry.member) for entry in team_on(dock, today)} == SHOWN_AT_THE_DOCK
    short = Member.objects.filter(first_name_only=True)
    assert {member.name for member in short} == SHORT
    assert all(member.first_name_reason for member in short)


def assert_photos(now: datetime) -> None:
    """PC Quillow agreed a year ago to be seen: as a drawing, whose file is there."""
    photo = Photo.objects.select_related("member").get()
    assert str(photo.member) == "PC Tamsin Quillow"
    assert 363 < (now - photo.consented_at).days < 368
    assert look_at(photo.key).startswith(b"\xff\xd8\xff")
