import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from teams.forms import importing
from teams.models import AuditEvent, Member, PeopleFile, Posting
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.teams import MemberFactory, PeopleFileFactory
from tests.teams.acting import ADMINISTRATOR, INSPECTOR, acting, errors_of

pytestmark = pytest.mark.django_db
IMPORT = "/staff/forces/casterwell/people/import/"
HEADER = "reference,name,role,rank,neighbourhood,from\n"
TAMSIN = "CW-0417,Tamsin Quillow,police_officer,constable,harkstow,2023-05-08\n"
ANA = "CW-2,Ana Example,pcso,,harkstow,2023-05-08\n"


@pytest.fixture
def force():
    return NeighbourhoodFactory(force=ForceFactory(id="casterwell"), code="harkstow").force


@pytest.fixture
def client(force):
    return acting(ADMINISTRATOR, force)


def put_up(client, *lines, name="people.csv"):
    content = "".join([HEADER, *lines]).encode()
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, content)})


def agreed(client, path):
    return {"agreed": client.get(path).context["plan"].fingerprint}


def imported(client, *lines):
    put_up(client, *lines)
    path = f"{IMPORT}{PeopleFile.objects.waiting().get().pk}/"
    return client.post(f"{path}apply/", agreed(client, path), follow=True)


def test_a_file_is_put_up_looked_at_and_imported(client):
    response = put_up(client, TAMSIN)
    file = PeopleFile.objects.get()
    assert (response.status_code, response.url) == (302, f"{IMPORT}{file.pk}/")

    page = client.get(response.url)
    text = " ".join(page.content.decode().split())
    assert "person, Tamsin Quillow (CW-0417)" in text
    assert "post in a team, Tamsin Quillow (CW-0417), harkstow, from 8 May 2023" in text
    assert Member.objects.count() == 0

    sent = {"agreed": page.context["plan"].fingerprint}
    done = client.post(f"{IMPORT}{file.pk}/apply/", sent, follow=True)

    assert "Imported. Residents see it now." in done.content.decode()
    assert Posting.objects.get().member.name == "Tamsin Quillow"
    assert "people.csv" in client.get(IMPORT).content.decode()
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["people.file_kept", "people.imported"]


def test_what_was_changed_meanwhile_has_to_be_looked_at_again(client, force):
    put_up(client, TAMSIN)
    path = f"{IMPORT}{PeopleFile.objects.get().pk}/"
    sent = agreed(client, path)
    MemberFactory(force=force, reference="CW-0417")

    done = client.post(f"{path}apply/", sent, follow=True)

    assert "These people were changed meanwhile. Look at it again." in done.content.decode()
    assert Posting.objects.count() == 0


def test_bad_lines_are_listed_and_nothing_is_kept(client):
    page = put_up(client, TAMSIN, TAMSIN).content.decode()

    assert "people.csv:3: people.csv:2 has this posting already, &#x27;CW-0417&#x27;" in page
    assert "<title>Error: " in " ".join(page.split())
    assert PeopleFile.objects.count() == 0


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({}, "Choose a file"),
        ({"file": SimpleUploadedFile("people.csv", b"")}, "Choose a file that is not empty"),
        ({"file": SimpleUploadedFile("people.csv", b"12345")}, "Choose a file of 10 MB or less"),
    ],
)
def test_what_is_no_file_is_refused(client, monkeypatch, sent, error):
    monkeypatch.setattr(importing, "LONGEST", 4)

    assert errors_of(client.post(IMPORT, sent)) == {"file": [error]}


def test_an_undo_is_looked_at_and_made(client):
    imported(client, TAMSIN)
    imported(client, TAMSIN, ANA)

    page = client.get(f"{IMPORT}undo/")
    assert "Taken back" in page.content.decode()
    sent = {"agreed": page.context["plan"].fingerprint}
    done = client.post(f"{IMPORT}undo/apply/", sent, follow=True)

    assert "Undone. The file before the last one holds again." in done.content.decode()
    assert Posting.objects.get().member.name == "Tamsin Quillow"


def test_what_stays_by_hand_is_told_before_an_undo(client):
    imported(client, TAMSIN)
    imported(client, TAMSIN, ANA)
    Posting.objects.filter(member__reference="CW-2").update(lead=True)

    page = client.get(f"{IMPORT}undo/").content.decode()

    assert "people.csv (undone):3: stays, changed by hand since" in page
    assert "Nothing: everything in it stands already." in page


def test_without_an_earlier_file_the_page_says_so(client):
    for answer in (client.get(f"{IMPORT}undo/"), client.post(f"{IMPORT}undo/apply/")):
        assert (answer.status_code, answer.url) == (302, IMPORT)

    assert "No import of people is kept" in client.get(IMPORT).content.decode()


def test_a_file_that_cannot_be_any_more_is_refused_on_its_page(client, force):
    put_up(client, TAMSIN)
    MemberFactory(force=force, reference="CW-9", name="Tamsin Quillow", hidden=True)

    page = client.get(f"{IMPORT}{PeopleFile.objects.get().pk}/", follow=True).content.decode()

    assert "somebody hidden has this name" in page


def test_hundreds_of_steps_are_paged(client):
    put_up(client, *(TAMSIN.replace("0417", f"{n:04}") for n in range(120)))
    path = f"{IMPORT}{PeopleFile.objects.get().pk}/"

    page = client.get(path)

    assert (page.context["page"].paginator.num_pages, len(page.context["page"])) == (3, 100)


@pytest.mark.parametrize("lines", [[TAMSIN], [TAMSIN, ANA, ANA.replace("CW-2", "CW-3")]])
def test_a_rehearsal_asks_as_often_for_many_lines(client, lines, django_assert_num_queries):
    put_up(client, *lines)
    path = f"{IMPORT}{PeopleFile.objects.get().pk}/"
    client.get(path)

    with django_assert_num_queries(11):
        client.get(path)


def test_who_may_not(client, force):
    file = PeopleFileFactory()
    assert client.get(f"{IMPORT}{file.pk}/").status_code == 404  # another force's
    inspector = acting(INSPECTOR, force)
    assert inspector.get(IMPORT).status_code == 403
    assert acting(ADMINISTRATOR, ForceFactory()).get(IMPORT).status_code == 404
    assert client.get(f"{IMPORT}undo/apply/").status_code == 405
