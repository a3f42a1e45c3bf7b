"""What a rehearsal of a file of people lists is what its import, or its undo, then does."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from neighbourhoods.importers.reporting import UnusableFile
from teams.importers.people import Act, Thing
from teams.models import ContactRoute, Member, NamedContact, PeopleFile, Posting
from teams.services.importing import NothingToUndo, import_file, rehearse, rehearse_undo
from tests.teams.test_services_importing import NOON, a_force, line, put_up, undone

REFERENCES = ["CW-1", "CW-2", "CW-3"]


@st.composite
def files(draw):
    """Lines of one file, which say of nobody two things but of some postings what cannot be."""
    names = {ref: draw(st.sampled_from(["Ana Example", "Bryn Example"])) for ref in REFERENCES}
    mails = {ref: draw(st.sampled_from(["", "a@example.org", "b@example.org"])) for ref in names}
    posts = st.tuples(
        st.sampled_from(REFERENCES),
        st.sampled_from(["harkstow", "lanterngate"]),
        st.sampled_from(["2023-05-08", "2024-05-08"]),
    )
    return [
        line(
            reference=ref,
            name=names[ref],
            neighbourhood=place,
            from_=from_on,
            to=draw(st.sampled_from(["", "2025-01-31", "2026-01-31"])),
            lead=draw(st.sampled_from(["", "yes"])),
            named=draw(st.sampled_from(["", "", "yes"])),
            email=mails[ref],
        )
        for ref, place, from_on in draw(st.lists(posts, max_size=5, unique=True))
    ]


class TestWhatIsRehearsedIsWhatIsDone(TestCase):
    """Every row that an import or an undo changes is in the rehearsal, and nothing else."""

    @settings(max_examples=30)
    @given(st.lists(files(), min_size=1, max_size=4))
    def test_any_files_one_after_the_other(self, several):
        force = a_force()
        for n, lines in enumerate(several):
            if file := kept(force, lines, at=NOON + timedelta(minutes=n)):
                as_rehearsed(lambda file=file: rehearse(file), lambda file=file: done(file))
        for _ in several:
            as_rehearsed(lambda: rehearse_undo(force, now=NOON), lambda: undone(force))


def kept(force, lines, *, at):
    """The file, put up; None where it says what cannot be, and then nothing of it is kept."""
    before = rows(), PeopleFile.objects.count()
    try:
        return put_up(force, *lines, at=at)
    except UnusableFile:
        assert (rows(), PeopleFile.objects.count()) == before
        return None


def done(file):
    return import_file(file=file, by=None, now=file.kept_at)


def as_rehearsed(rehearsal, act):
    before, refusal = rows(), None
    try:
        told = rehearsal()
    except (UnusableFile, NothingToUndo) as refused:
        refusal = refused
    if refusal:
        with pytest.raises(type(refusal)) as again:
            act()
        assert (str(again.value), rows()) == (str(refusal), before)
        return
    assert rows() == before
    assert act().steps == told.steps
    assert differences(before, rows()) == sorted((step.act, step.thing) for step in told.steps)


def rows():
    """Everything that an import writes: (thing, key) -> values."""
    models = {
        Thing.MEMBER: (Member, ("name", "rank")),
        Thing.POSTING: (Posting, ("to_on", "lead", "from_on")),
        Thing.NAMED_CONTACT: (NamedContact, ("posting",)),
        Thing.CONTACT_ROUTE: (ContactRoute, ("value",)),
    }
    return {
        (thing, row[0]): row[1:]
        for thing, (model, fields) in models.items()
        for row in model.objects.values_list("pk", *fields)
    }


def differences(before, after):
    gone = [(Act.REMOVE, thing) for thing, pk in before.keys() - after.keys()]
    new = [(Act.ADD, thing) for thing, pk in after.keys() - before.keys()]
    other = [key for key in before.keys() & after.keys() if before[key] != after[key]]
    return sorted(
        [*gone, *new, *((act_of(key[0], before[key], after[key]), key[0]) for key in other)]
    )


def act_of(thing, before, after):
    was, is_ = before[0], after[0]
    ends = thing == Thing.POSTING and is_ and was != is_ and (was is None or is_ < was)
    return Act.END if ends else Act.CHANGE
