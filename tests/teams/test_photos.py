import hashlib
import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from PIL import Image

from neighbourhoods.models import Neighbourhood
from teams import photos
from teams.forms.photos import CONSENT
from teams.ledger import ledger_path
from teams.models import AuditEvent, Member, Photo
from teams.models.photo import CONSENT_VERSION
from teams.photos import Damaged, NoRoom, drawing
from teams.queries import photo_on
from teams.retention import sweep_photos
from teams.services.photos import NameHidden, add_own_photo, remove_own_photo
from teams.services.safety import hide_member
from tests.factories.teams import MemberFactory, PhotoFactory, PostingFactory, UserFactory
from tests.racing import on_postgresql, race
from tests.teams.pictures import drawn, opened, photo_file, saved

NOW = datetime(2031, 3, 4, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=400)

BROKEN = [
    ({"key": ""}, "photo_names_key_and_consent"),
    ({"consent_version": ""}, "photo_names_key_and_consent"),
    ({"width": 401}, "photo_is_small"),
    ({"height": 0}, "photo_is_small"),
    ({"consented_at": None}, "consented_at"),  # no photo without a dated consent
]


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.LEDGER_DIR, settings.MEDIA_ROOT = str(tmp_path / "ledger"), str(tmp_path / "media")


@pytest.fixture
def officer(db) -> Member:
    return PostingFactory(member__user=UserFactory(username="tamsin.quillow")).member


def files() -> list[Path]:
    return sorted(Path(photos.files._folder()).glob("*"))


def acts() -> list[tuple[str, str, dict]]:
    return list(AuditEvent.objects.order_by("pk").values_list("by", "verb", "detail"))


@pytest.mark.django_db
@pytest.mark.parametrize(("values", "constraint"), BROKEN)
def test_a_row_that_breaks_a_check_is_refused(values, constraint):
    photo = PhotoFactory()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Photo.objects.filter(pk=photo.pk).update(**values)


@pytest.mark.parametrize("field", ["key", "member"])
def test_a_key_and_a_member_have_one_photo(officer, field):
    photo = PhotoFactory(member=officer)

    with pytest.raises(IntegrityError), transaction.atomic():
        PhotoFactory(**{field: getattr(photo, field)})


def test_the_words_that_are_agreed_to_keep_their_number():
    """Whoever changes the words gives them a new CONSENT_VERSION, and writes its digest here."""
    with translation.override("en-gb"):
        digest = hashlib.sha256(str(CONSENT).encode()).hexdigest()

    assert (CONSENT_VERSION, digest[:12]) == ("1", "d03293bd206c")


def test_an_officer_adds_their_own_photo(officer):
    photo = add_own_photo(upload=photo_file(), by=officer.user, now=NOW)

    assert Photo.objects.values("member", "width", "height", "consented_at").get() == {
        "member": officer.pk,
        "width": 300,
        "height": 400,
        "consented_at": NOW,
    }
    assert photo.consent_version == CONSENT_VERSION
    assert acts() == [("tamsin.quillow", "photo.added", {"consent": CONSENT_VERSION})]
    assert list(Neighbourhood.objects.values_list("stamp", flat=True)) == [2]
    assert [path.name for path in files()] == [f"{photo.key}.jpg"]
    assert files()[0].stat().st_mode & 0o077 == 0
    assert len(photo.key) == 22


def test_what_is_shown_is_drawn_anew_without_what_came_with_it(officer):
    exif = drawn().getexif()
    exif[0x0112], exif[0x010F] = 3, "A camera"  # upside down
    exif.get_ifd(0x8825)[1] = "N"  # a place
    upload = photo_file(exif=exif, comment=b"Oakcanary", icc_profile=b"of a phone")

    photo = add_own_photo(upload=upload, by=officer.user, now=NOW)

    jpeg = photos.look_at(photo.key)
    picture = opened(jpeg)
    assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (300, 400), {})
    assert picture.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    blue_above, red_below = picture.getpixel((150, 20)), picture.getpixel((150, 380))
    assert blue_above[2] > 200 > red_below[2]
    assert red_below[0] > 200 > blue_above[0]
    assert b"Oakcanary" not in jpeg


def test_another_photo_takes_the_place_of_the_first(officer, django_capture_on_commit_callbacks):
    first = add_own_photo(upload=photo_file(), by=officer.user, now=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        second = add_own_photo(upload=photo_file(quality=40), by=officer.user, now=LATER)

    assert first.key != second.key
    assert list(Photo.objects.values_list("key", flat=True)) == [second.key]
    assert [path.stem for path in files()] == [second.key]
    assert f'"key": "{first.key}"' in ledger_path().read_text()


def test_an_officer_takes_their_photo_away(officer, django_capture_on_commit_callbacks):
    add_own_photo(upload=photo_file(), by=officer.user, now=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        assert remove_own_photo(by=officer.user, now=LATER)

    assert (Photo.objects.count(), files()) == (0, [])
    assert acts()[1:] == [("tamsin.quillow", "photo.removed", {})]
    assert list(Neighbourhood.objects.values_list("stamp", flat=True)) == [3]
    assert not remove_own_photo(by=officer.user, now=LATER)


def test_hiding_deletes_the_photo(officer, django_capture_on_commit_callbacks):
    add_own_photo(upload=photo_file(), by=officer.user, now=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        hide_member(member=officer, by=officer.user, now=NOW)

    assert (Photo.objects.count(), files()) == (0, [])
    assert [verb for _by, verb, _detail in acts()] == [
        "photo.added",
        "photo.removed",
        "member.hidden",
    ]


def test_a_hidden_name_gets_no_photo(officer):
    hide_member(member=officer, by=officer.user, now=NOW)

    with pytest.raises(NameHidden, match="hidden"):
        add_own_photo(upload=photo_file(), by=officer.user, now=NOW)

    assert (Photo.objects.count(), files()) == (0, [])


@pytest.mark.parametrize(
    "unseen",
    [
        {"hidden_at": NOW},
        {"visible_from": LATER.date()},
        {"unconfirmed_from": NOW.date()},
        {"ended_on": NOW.date() - timedelta(days=1)},
    ],
)
def test_residents_see_whom_they_may_know(officer, unseen):
    photo = PhotoFactory(member=officer)
    assert photo_on(photo.key, on=NOW.date()) == photo
    assert photo_on("another", on=NOW.date()) is None

    Member.objects.filter(pk=officer.pk).update(**unseen)

    assert photo_on(photo.key, on=NOW.date()) is None


def test_whoever_is_in_no_team_is_not_seen(db):
    assert photo_on(PhotoFactory().key, on=NOW.date()) is None


def test_a_full_disk_keeps_the_old_photo_and_leaves_no_part(officer, monkeypatch, caplog):
    first = add_own_photo(upload=photo_file(), by=officer.user, now=NOW)

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoRoom, match="Try again later"):
        add_own_photo(upload=photo_file(), by=officer.user, now=LATER)

    assert [path.stem for path in files()] == [first.key]
    assert list(Photo.objects.values_list("key", flat=True)) == [first.key]
    assert [record.getMessage() for record in caplog.records] == ["A photo could not be kept"]


def test_a_picture_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(drawing, "LONGEST_S", 0.01)

    with pytest.raises(Damaged):
        photos.redraw(photo_file())


@pytest.mark.parametrize(
    ("mode", "filled", "grey"),
    [
        ("1", 1, 255),
        ("L", 100, 100),
        ("LA", (100, 255), 100),
        ("P", 0, 0),
        ("RGBA", (0, 0, 0, 0), 255),  # what is left out of a picture is white
        ("CMYK", (0, 0, 0, 155), 100),
        ("I;16", 40_000, 156),
    ],
)
def test_every_kind_of_colour_is_read(mode, filled, grey):
    upload = saved(Image.new(mode, (900, 1200), filled), "JPEG" if mode == "CMYK" else "PNG")

    picture = opened(photos.redraw(upload).jpeg)

    assert (picture.mode, picture.size) == ("RGB", (300, 400))
    assert max(abs(channel - grey) for channel in picture.getpixel((150, 200))) <= 2


def test_the_sweep_takes_what_was_left_over(officer, settings, caplog):
    kept = PhotoFactory(member=officer)
    left = PhotoFactory(member=MemberFactory(ended_on=NOW.date() - timedelta(days=1)))
    PhotoFactory(member=MemberFactory(ended_on=NOW.date()))
    stray, under_way = photos.keep(b"stray"), photos.keep(b"under way")
    part = files()[0].with_name("half.part")
    part.touch()
    for path in files():
        written = NOW if path.stem == under_way else NOW - timedelta(hours=2)
        os.utime(path, times=(written.timestamp(), written.timestamp()))

    assert sweep_photos(now=NOW) == "1 photos of leavers, 3 stray files"

    names = {path.name for path in files()}
    assert f"{kept.key}.jpg" in names
    assert not names & {f"{left.key}.jpg", f"{stray}.jpg", "half.part"}
    assert f"{under_way}.jpg" in names
    assert acts() == [("(job)", "photo.removed", {})]
    assert caplog.records == []


def test_the_sweep_tells_of_photos_without_a_file(officer, caplog):
    photos.forget(PhotoFactory(member=officer).key)

    assert sweep_photos(now=NOW) == "0 photos of leavers, 0 stray files"

    assert [record.getMessage() for record in caplog.records] == [
        "1 photos have no file in MEDIA_ROOT"
    ]
    assert Photo.objects.count() == 1  # the folder may be back in a minute


def test_a_file_that_cannot_be_taken_away_is_left_to_the_sweep(officer, monkeypatch, caplog):
    photo = PhotoFactory(member=officer)

    def refused(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refused)
    photos.forget(photo.key)

    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_photo_that_meets_the_hiding_of_its_officer_is_not_shown():
    officer = PostingFactory(member__user=UserFactory()).member
    upload = photo_file()

    race(
        lambda: add_own_photo(upload=upload, by=officer.user, now=NOW),
        lambda: hide_member(member=officer, by=officer.user, now=NOW),
        at=Member.objects.filter(pk=officer.pk),
    )

    assert Member.objects.get().hidden_at == NOW
    assert (Photo.objects.count(), files()) == (0, [])


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_photos_at_once_one_is_kept():
    officer = PostingFactory(member__user=UserFactory()).member
    upload = photo_file()

    def add() -> Photo:
        return add_own_photo(upload=upload, by=officer.user, now=NOW)

    race(add, add, at=Member.objects.filter(pk=officer.pk))

    assert [path.stem for path in files()] == [Photo.objects.get().key]


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Tamsin Quillow", "TQ"), ("Ana", "A"), ("mair de hafrendale", "MH"), ("Ŵyn Eirlys", "ŴE")],
)
def test_initials_are_of_the_public_name(name, initials):
    assert Member(name=name).initials == initials
    assert Member(name=name, first_name_only=True).initials == initials[0]
