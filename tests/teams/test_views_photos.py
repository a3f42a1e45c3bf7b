import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from teams.models import Member, Photo
from teams.services.safety import hide_member
from tests.factories.teams import MemberFactory, PhotoFactory, PostingFactory, UserFactory
from tests.teams.acting import client_of, errors_of, today
from tests.teams.pictures import opened, photo_file
from tests.teams.test_photos import NOW

pytestmark = pytest.mark.django_db
URL, REMOVE, SHOW = (
    reverse(f"teams:{name}") for name in ("own_photo", "own_photo_remove", "own_photo_show")
)


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.LEDGER_DIR, settings.MEDIA_ROOT = str(tmp_path / "ledger"), str(tmp_path / "media")


@pytest.fixture
def officer() -> Member:
    return PostingFactory(member__user=UserFactory(enrolled=True)).member


@pytest.fixture
def client(officer) -> Client:
    return client_of(officer.user)


def sent(content: bytes, **changes: str) -> dict[str, object]:
    return {"photo": SimpleUploadedFile("me.jpg", content), "consent": "on"} | changes


def public_url(officer: Member) -> str:
    return reverse("photo_show", kwargs={"key": Photo.objects.get(member=officer).key})


def test_an_officer_adds_a_photo_and_sees_it_at_once(client, officer):
    assert "Residents see your initials" in client.get(URL).content.decode()

    page = client.post(URL, sent(photo_file()), follow=True)

    assert [str(said) for said in page.context["messages"]] == [
        "This is how residents see you now."
    ]
    assert f'src="{SHOW}" width="300" height="400" alt="Photo of PC Tamsin Quillow"' in (
        page.content.decode()
    )
    assert opened(client.get(SHOW).content).size == (300, 400)
    assert client.get(SHOW)["Cache-Control"] == "private, no-store"


def test_an_officer_takes_the_photo_away(client, officer):
    PhotoFactory(member=officer)

    page = client.post(REMOVE, follow=True)

    assert [str(said) for said in page.context["messages"]] == [
        "Your photo is gone. Residents see your initials."
    ]
    assert (Photo.objects.count(), client.get(SHOW).status_code) == (0, 404)


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"consent": "on"}, {"photo": ["Choose a photo"]}),
        (sent(b""), {"photo": ["The photo is an empty file. Choose another one"]}),
        (sent(b"%PDF-1.7"), {"photo": ["The photo must be a JPEG, PNG or WebP file"]}),
        (
            sent(b"\xff\xd8\xff\xe0 and no more"),
            {"photo": ["The photo is damaged or cannot be read. Try another one"]},
        ),
    ],
)
def test_what_cannot_be_shown_is_named(client, data, errors):
    assert errors_of(client.post(URL, data)) == errors
    assert Photo.objects.count() == 0


def test_without_consent_nothing_is_shown(client):
    data = sent(photo_file())
    del data["consent"]

    assert errors_of(client.post(URL, data)) == {
        "consent": ["Tick the box if you agree. Without it nothing is shown"]
    }
    assert Photo.objects.count() == 0


def test_a_hidden_officer_is_told_why(client, officer):
    hide_member(member=officer, by=officer.user, now=NOW)

    assert errors_of(client.post(URL, sent(photo_file()))) == {
        "photo": ["Your name is hidden, so residents see no photo either."]
    }


def test_a_body_over_six_megabytes_is_refused_before_it_is_read(client, settings):
    settings.MAX_BODY_BYTES = 1_000

    page = client.post(URL, sent(b"x" * 1_000))

    assert page.status_code == 413
    assert "A file may be 6 MB at most" in page.content.decode()
    assert client.get(URL).status_code == 200


def test_six_megabytes_stay_in_memory(settings):
    assert settings.MAX_BODY_BYTES == settings.FILE_UPLOAD_MAX_MEMORY_SIZE == 6 * 2**20


def test_an_account_of_nobody_in_a_team_has_no_photo():
    nobody = client_of(UserFactory(enrolled=True))

    pages = [nobody.get(URL), nobody.post(URL), nobody.get(SHOW), nobody.post(REMOVE)]
    assert [page.status_code for page in pages] == [404] * 4


def test_nobody_adds_a_photo_without_a_second_factor(officer):
    client = client_of(PostingFactory(member__user=UserFactory()).member.user)

    assert [client.post(URL, sent(photo_file())).status_code, Photo.objects.count()] == [302, 0]


def test_the_photo_is_a_picture_and_nothing_else(officer):
    PhotoFactory(member=officer, jpeg=photo_file())

    response = Client().get(public_url(officer))

    assert response.status_code == 200
    assert {name: response[name] for name in sorted(response.headers)} == {
        "Cache-Control": "private, no-cache",
        "Content-Disposition": "inline",
        "Content-Language": "en-gb",
        "Content-Length": str(len(response.content)),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Type": "image/jpeg",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "ETag": f'"{officer.photo.key}"',
        "Referrer-Policy": "same-origin",
        "Vary": "Accept-Language",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, noimageindex, noai, noimageai",
    }


def test_who_holds_the_photo_is_told_so_until_it_is_taken_away(officer):
    PhotoFactory(member=officer)
    url, reader = public_url(officer), Client()
    held = {"If-None-Match": reader.get(url)["ETag"]}

    assert reader.get(url, headers=held).status_code == 304
    hide_member(member=officer, by=officer.user, now=NOW)

    assert reader.get(url, headers=held).status_code == 404
    assert reader.get(url).status_code == 404


def test_a_photo_whose_file_is_gone_is_not_there(officer, settings, tmp_path):
    PhotoFactory(member=officer)
    url = public_url(officer)

    settings.MEDIA_ROOT = str(tmp_path / "another")

    assert Client().get(url).status_code == 404
    assert client_of(officer.user).get(SHOW).status_code == 404


def test_asking_for_a_photo_takes_one_query(officer, django_assert_num_queries):
    PhotoFactory(member=officer)
    url = public_url(officer)

    with django_assert_num_queries(1):
        Client().get(url)


@pytest.mark.parametrize("page", ["team_detail", "member_detail"])
@pytest.mark.parametrize("language", ["", "/cy"])
def test_a_page_shows_the_photo_or_initials_in_its_place(officer, page, language):
    place = officer.postings.get().neighbourhood
    PostingFactory(neighbourhood=place, member=MemberFactory(force=place.force, pcso=True))
    own = {"pk": officer.pk} if page == "member_detail" else {}
    path = language + reverse(f"teams:{page}", kwargs=place.url_kwargs | own)
    assert "<img" not in Client().get(path).content.decode()

    PhotoFactory(member=officer)
    place.save()

    content = Client().get(path, {"fresh": today().isoformat()}).content.decode()
    assert f'<img class="portal-portrait" src="{public_url(officer)}" width="320" height="400"' in (
        content
    )
    assert ('aria-hidden="true">DF</span>' in content) == (page == "team_detail")
