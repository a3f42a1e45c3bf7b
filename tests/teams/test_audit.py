"""The audit record grows, is sealed, and nobody changes a row of it unseen."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from neighbourhoods.models import Force
from teams import audit, chain
from teams.audit import BrokenRecord, verify
from teams.models import AuditEvent, AuditSeal
from teams.snapshots import seal_audit
from tests.append_only import set_aside
from tests.factories.feedback import MessageFactory
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.teams import (
    AuditEventFactory,
    AuditSealFactory,
    MemberFactory,
    RoleGrantFactory,
    UserFactory,
)
from tests.racing import on_postgresql

# The sealer leaves what an open transaction wrote, so these tests commit.
committing = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path):
    settings.LEDGER_DIR = str(tmp_path / "ledger")


@pytest.fixture
def sealed(transactional_db, now) -> list[AuditEvent]:
    """Six events, sealed in two runs."""
    first = AuditEventFactory.create_batch(3)
    assert seal_audit(now=now) == 3
    second = AuditEventFactory.create_batch(3, detail={"neighbourhood": 7, "on": "2031-03-04"})
    assert seal_audit(now=now) == 3
    return first + second


def run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def broken(statement: str, *values: object) -> str:
    """What is found after somebody who may set triggers aside has run the statement."""
    with set_aside():
        run(statement, *values)
    return found()


def found() -> str:
    with pytest.raises(BrokenRecord) as excinfo:
        verify()
    return str(excinfo.value)


def reseal_from(number: int) -> None:
    """Make the chain anew from one event on, as somebody would who knows how it is made."""
    parent = AuditSeal.objects.get(event_number=number).parent
    for seal in AuditSeal.objects.filter(event_number__gte=number):
        event = AuditEvent.objects.get(pk=seal.event_number)
        made = chain.seal_of(parent, event.entry(sealed_at=seal.sealed_at))
        AuditSeal.objects.filter(pk=seal.pk).update(parent=parent, seal=made)
        parent = made


# record -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_line_says_which_force_it_is_about():
    place = NeighbourhoodFactory(in_area=True)
    member = MemberFactory(force=place.force, with_account=True)
    of_the_force = (
        place.force,
        place,
        place.area,
        member,
        member.user,
        RoleGrantFactory(neighbourhood=place),
        RoleGrantFactory(administrator=True, force=place.force),
        MessageFactory(neighbourhood=place),
    )

    assert {audit.force_of(row) for row in of_the_force} == {place.force.pk}
    assert audit.force_of(UserFactory()) == ""
    assert audit.record("member.added", member, by=member.user).force == place.force.pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words", ["Somebody is at my door", "resident@example.org", "£5", "x" * 65]
)
def test_details_hold_ids_and_never_words(words):
    member = MemberFactory()
    for detail in (words, [words], [["REF-1", words]]):
        with pytest.raises(ValueError, match="more than an id"):
            audit.record("member.changed", member, by=audit.JOB, detail=detail)

    plain = {"on": "2031-03-04", "quarter": "2030-Q4", "fields": ["name"], "post": None, "pk": 7}
    assert audit.record("member.changed", member, by=audit.JOB, **plain).detail == plain


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["by", "verb"])
def test_the_database_refuses_a_line_that_does_not_say_who_and_what(missing):
    with pytest.raises(IntegrityError, match="auditevent_says_who_and_what"):
        AuditEventFactory(**{missing: ""})


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["event_number", "parent", "seal"])
def test_the_database_refuses_a_second_seal_and_a_fork(column):
    value = getattr(AuditSealFactory(), column)

    with pytest.raises(IntegrityError, match=column):
        AuditSealFactory(**{column: value})


# append-only --------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("factory", [AuditEventFactory, AuditSealFactory])
def test_the_database_refuses_to_change_a_row_or_take_it_away(factory):
    row = factory()
    rows = type(row).objects.filter(pk=row.pk)

    for act in (row.save, row.delete, rows.delete, lambda: rows.update(id=row.pk)):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            act()

    assert rows.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["teams_auditevent", "teams_auditseal"])
def test_the_database_refuses_to_empty_or_replace(table):
    AuditEventFactory(pk=1), AuditSealFactory(pk=1)
    statement = {
        "postgresql": f"TRUNCATE {table}",
        "sqlite": f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",  # noqa: S608
    }[connection.vendor]

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        run(statement)


# sealing ------------------------------------------------------------------------------------


@committing
def test_each_event_is_sealed_once_and_follows_the_one_before(sealed, now):
    seals = list(AuditSeal.objects.all())

    assert [seal.event_number for seal in seals] == [event.pk for event in sealed]
    assert [seal.parent for seal in seals] == [chain.GENESIS, *(s.seal for s in seals[:-1])]
    assert [head.seal for head in chain.read_heads()] == [seals[2].seal, seals[5].seal]
    assert (seal_audit(now=now), verify()) == (0, 6)
    assert len(chain.read_heads()) == 2


def test_a_seal_does_not_depend_on_the_order_of_keys():
    assert chain.seal_of(chain.GENESIS, {"b": {"d": "ŵ", "c": 2}, "a": 1}) == chain.seal_of(
        chain.GENESIS, {"a": 1, "b": {"c": 2, "d": "ŵ"}}
    )
    assert chain.seal_of(chain.GENESIS, {"a": "ŵ"}) == (
        "76f377fa8060ccd50629f3753c71e68b1e2300b57972893fee89ebb1a2d0faf3"
    )


@on_postgresql
@committing
def test_nothing_is_sealed_that_an_open_transaction_can_slip_behind(now):
    """A transaction that began first may end last: what came after it waits for it."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")
        event = AuditEventFactory()
        assert seal_audit(now=now) == 0
        other.commit()
        assert seal_audit(now=now) == 1
    finally:
        other.close()
    assert AuditSeal.objects.get().event_number == event.pk


@on_postgresql
@committing
def test_what_was_written_before_a_restore_into_a_new_cluster_is_sealed(now):
    event = AuditEventFactory()
    with set_aside():
        AuditEvent.objects.filter(pk=event.pk).update(xid=2**50)

    assert (seal_audit(now=now), verify()) == (1, 1)


# verify -------------------------------------------------------------------------------------


@committing
def test_an_empty_record_is_whole():
    AuditEventFactory()

    assert verify() == 0


@committing
@pytest.mark.parametrize("column", ["by", "verb", "subject_type", "subject_id", "force"])
def test_an_altered_event_is_named(sealed, column):
    number = sealed[1].pk
    statement = f'UPDATE teams_auditevent SET "{column}" = %s WHERE id = %s'  # noqa: S608

    assert broken(statement, "other", number) == f"event {number}: it is not as it was sealed"


@committing
def test_altered_details_and_times_are_named(sealed):
    details, time = sealed[4].pk, sealed[0].pk
    altered = broken("UPDATE teams_auditevent SET detail = %s WHERE id = %s", "{}", details)
    assert altered == f"event {details}: it is not as it was sealed"
    with set_aside():
        AuditEvent.objects.filter(pk=time).update(at=sealed[0].at - timedelta(days=1))
    assert found() == f"event {time}: it is not as it was sealed"


@committing
def test_an_event_that_was_taken_out_of_the_middle_is_named(sealed):
    number = sealed[2].pk

    assert broken("DELETE FROM teams_auditevent WHERE id = %s", number) == (
        f"event {number}: it is gone"
    )
    assert broken("DELETE FROM teams_auditseal WHERE event_number = %s", number) == (
        f"event {sealed[3].pk}: its seal does not follow the one before it"
    )


@committing
def test_a_tail_that_was_cut_off_with_its_seals_is_named(sealed):
    numbers = [event.pk for event in sealed[3:]]
    with set_aside():
        AuditSeal.objects.filter(event_number__in=numbers).delete()
        AuditEvent.objects.filter(pk__in=numbers).delete()

    assert found().startswith(f"event {numbers[-1]}: it or one before it is not as the head")


@committing
def test_events_that_changed_places_are_named(sealed):
    one, other = sealed[1].pk, sealed[4].pk
    with set_aside():
        AuditEvent.objects.filter(pk=one).update(id=999_999)
        AuditEvent.objects.filter(pk=other).update(id=one)
        AuditEvent.objects.filter(pk=999_999).update(id=other)

    assert found() == f"event {one}: it is not as it was sealed"


@committing
def test_an_event_that_was_put_in_with_an_earlier_time_is_named(sealed, now):
    stray = AuditEventFactory(at=sealed[2].at - timedelta(days=1))
    assert found() == f"event {stray.pk}: it was put in later than it says"
    assert seal_audit(now=now) == 0


@committing
def test_an_event_that_was_put_in_and_sealed_is_named(sealed):
    stray = AuditEventFactory(at=sealed[2].at - timedelta(days=1))
    stray.refresh_from_db()
    last = AuditSeal.objects.last()
    sealed_at = last.sealed_at + timedelta(seconds=1)
    seal = chain.seal_of(last.seal, stray.entry(sealed_at=sealed_at))
    AuditSealFactory(event_number=stray.pk, parent=last.seal, seal=seal, sealed_at=sealed_at)

    assert found() == f"event {stray.pk}: it was put in later than it says"


@committing
def test_a_chain_that_was_made_anew_is_named(sealed):
    with set_aside():
        AuditEvent.objects.filter(pk=sealed[4].pk).update(by="somebody.else")
        reseal_from(sealed[4].pk)

    assert found().startswith(f"event {sealed[5].pk}: it or one before it is not as the head")


@committing
def test_the_command_says_that_all_is_whole_or_what_is_not(sealed, capsys):
    call_command("audit", "verify")
    assert capsys.readouterr().out == "6 events, each as it was sealed\n"

    with set_aside():
        AuditEvent.objects.filter(pk=sealed[0].pk).delete()
    with pytest.raises(CommandError, match=f"event {sealed[0].pk}: it is gone"):
        call_command("audit", "verify")


@committing
def test_tables_are_emptied_between_tests():
    assert not AuditEvent.objects.exists()
    assert not Force.objects.exists()
    assert ForceFactory().pk
