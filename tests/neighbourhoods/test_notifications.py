import logging
import re
from datetime import timedelta

import pytest
from django.utils import translation

from neighbourhoods import notifications
from neighbourhoods.models import OutboxEntry, Token
from neighbourhoods.models.outbox import SEND_LEASE
from neighbourhoods.notifications import BACKOFF, MAX_ATTEMPTS, NewsItem, send_due, sending
from neighbourhoods.tokens import token_digest
from tests.conftest import send_to
from tests.factories.neighbourhoods import OutboxEntryFactory
from tests.processes import silent_server, together
from tests.racing import on_postgresql
from tests.services import free_port

State = OutboxEntry.State
ADDRESS = "mair.pennant@example.org"
WORDS = f"{__name__}.worded"


def worded(pk, *, language, now):
    """Stands in NEWS for an app's words; they show that the language and the row arrive."""
    return NewsItem(
        title=f"Title {pk} {language}",
        text="First line.\n\nSecond <b>line</b>.",
        url=f"/{translation.get_language()}/read/",
        link_text="Read it",
    )


def with_secret(pk, *, language, now):
    return NewsItem(
        title="Set up",
        text="Use the link.",
        url="/staff/invitation/",
        link_text="Set up",
        purpose="tests.invitation",
        link_lives=timedelta(days=2),
    )


def nothing_to_tell(pk, *, language, now):
    return None


def fails(pk, *, language, now):
    raise LookupError(f"No mail to {ADDRESS}")


@pytest.fixture
def news(settings):
    """NEWS with this module's words alone."""
    names = {"worded": worded, "secret": with_secret, "nothing": nothing_to_tell, "fails": fails}
    settings.NEWS = {kind: f"{__name__}.{f.__name__}" for kind, f in names.items()}
    settings.SITE_URL = "https://portal.example.org"


@pytest.fixture
def entry(news, now):
    return OutboxEntryFactory(kind="worded", object_id=7, to=ADDRESS, next_at=now)


def outcome(entry):
    """What the row says after a try: state, address, attempts and last error."""
    entry.refresh_from_db()
    return entry.state, entry.to, entry.attempts, entry.last_error


# Claiming


@pytest.mark.django_db
def test_a_claim_counts_the_attempt_and_takes_a_lease_before_the_work(entry, now):
    claimed = OutboxEntry.objects.claim_next(now=now)

    assert (claimed.attempts, claimed.lease_until) == (1, now + SEND_LEASE)
    assert outcome(entry) == (State.DUE, ADDRESS, 1, "")


@pytest.mark.django_db
def test_the_oldest_due_entry_comes_first_and_one_of_tomorrow_not_at_all(news, now):
    for minutes in (5, 20, 10, -1):
        OutboxEntryFactory(kind="worded", object_id=minutes, next_at=now - minutes * MINUTE)

    claimed = [OutboxEntry.objects.claim_next(now=now) for _ in range(4)]

    assert [c and c.object_id for c in claimed] == [20, 10, 5, None]


MINUTE = timedelta(minutes=1)


@pytest.mark.django_db
def test_a_held_entry_is_taken_again_when_its_lease_has_run_out_and_not_before(entry, now):
    first = OutboxEntry.objects.claim_next(now=now)

    assert OutboxEntry.objects.claim_next(now=now + SEND_LEASE - timedelta(seconds=1)) is None
    assert OutboxEntry.objects.claim_next(now=now + SEND_LEASE) == first


@pytest.mark.django_db
def test_who_comes_back_after_their_lease_changes_nothing(entry, now):
    late = OutboxEntry.objects.claim_next(now=now)
    OutboxEntry.objects.claim_next(now=now + SEND_LEASE)

    late.end(State.DEAD, at=now, error="SMTP 550")

    assert OutboxEntry.objects.record(late) is False
    assert outcome(entry) == (State.DUE, ADDRESS, 2, "")


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_eight_threads_that_want_one_entry_one_gets_it(entry, now):
    claimed = together(8, lambda: OutboxEntry.objects.claim_next(now=now))

    assert [c for c in claimed if c] == [entry]
    assert outcome(entry) == (State.DUE, ADDRESS, 1, "")


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_200_entries_are_sent_exactly_once_by_four_threads(news, now, smtp_sink):
    pks = [OutboxEntryFactory(kind="worded", next_at=now).pk for _ in range(200)]

    sent = together(4, lambda: send_due(now=now))

    assert sum(sent) == 200
    assert sorted(smtp_sink.message_ids) == sorted(f"<entry-{pk}@portal.example.org>" for pk in pks)
    assert list(OutboxEntry.objects.values_list("state", "attempts").distinct()) == [
        (State.SENT, 1)
    ]


@pytest.mark.django_db
def test_a_batch_ends_at_its_limit(news, now, smtp_sink):
    OutboxEntryFactory.create_batch(3, kind="worded", next_at=now)

    assert [send_due(now=now, limit=2), send_due(now=now, limit=2)] == [2, 1]


@pytest.mark.django_db
def test_a_batch_ends_when_its_time_is_up(news, now, smtp_sink, monkeypatch):
    monkeypatch.setattr(sending, "BATCH_LASTS", timedelta(0))
    OutboxEntryFactory.create_batch(2, kind="worded", next_at=now)

    assert [send_due(now=now), send_due(now=now), send_due(now=now)] == [1, 1, 0]


@pytest.mark.django_db
def test_the_lease_of_each_entry_begins_when_its_turn_comes(news, now, settings):
    settings.EMAIL_TIMEOUT = 0.3
    OutboxEntryFactory.create_batch(2, kind="worded", next_at=now)

    with silent_server() as port:
        send_to(settings, port)
        send_due(now=now)

    first, second = OutboxEntry.objects.order_by("pk").values_list("next_at", flat=True)
    assert first == now + BACKOFF[0]
    assert second - first >= timedelta(seconds=0.3)


# The mail


@pytest.mark.django_db
def test_the_mail_has_subject_sender_text_and_html_in_the_language_of_its_entry(
    news, now, smtp_sink, settings
):
    settings.DEFAULT_FROM_EMAIL = "portal@example.org"
    OutboxEntryFactory(kind="worded", object_id=7, to=ADDRESS, language="cy", next_at=now)

    assert send_due(now=now) == 1

    [mail] = smtp_sink.journal
    assert mail.to == (ADDRESS,)
    assert (mail.message["To"], mail.message["Subject"]) == (ADDRESS, "Title 7 cy")
    assert mail.message["From"].addresses[0].addr_spec == "portal@example.org"
    text, html = mail.part("plain"), mail.part("html")
    assert "First line.\n\nSecond <b>line</b>." in text.replace("\r\n", "\n")
    assert "Read it:\nhttps://portal.example.org/cy/read/" in text.replace("\r\n", "\n")
    assert '<html lang="cy">' in html
    assert "<p>First line.</p>" in html
    assert "<p>Second &lt;b&gt;line&lt;/b&gt;.</p>" in html
    assert '<a href="https://portal.example.org/cy/read/">Read it</a>' in html


@pytest.mark.django_db
def test_a_mail_in_english_says_so(entry, now, smtp_sink):
    send_due(now=now)

    [mail] = smtp_sink.journal
    assert mail.message["Subject"] == "Title 7 en-gb"
    assert '<html lang="en-GB">' in mail.part("html")


@pytest.mark.django_db
def test_a_secret_link_is_made_while_sending_and_only_its_digest_is_kept(news, now, smtp_sink):
    entry = OutboxEntryFactory(kind="secret", object_id=7, to=ADDRESS, next_at=now)

    send_due(now=now)

    [mail] = smtp_sink.journal
    token = secret_in(mail)
    assert list(Token.objects.values()) == [
        {
            "id": Token.objects.get().pk,
            "sha256": token_digest(token),
            "purpose": "tests.invitation",
            "object_id": 7,
            "begins_at": now,
            "expires_at": now + timedelta(days=2),
            "used_at": None,
        }
    ]
    kept = str(list(OutboxEntry.objects.filter(pk=entry.pk).values()))
    assert token not in kept + str(list(Token.objects.values()))
    assert ADDRESS not in kept


@pytest.mark.django_db
def test_a_second_worker_after_a_dead_one_sends_the_same_id_and_the_same_link(news, now, smtp_sink):
    OutboxEntryFactory(kind="secret", to=ADDRESS, next_at=now)
    died_before_recording = OutboxEntry.objects.claim_next(now=now)
    mail = notifications.as_mail(
        died_before_recording, with_secret(7, language="en-gb", now=now), now=now
    )
    mail.send()

    assert send_due(now=now + MINUTE) == 0
    assert send_due(now=now + SEND_LEASE) == 1

    first, second = smtp_sink.journal
    assert first.message_id == second.message_id
    assert secret_in(first) == secret_in(second)
    assert Token.objects.count() == 1


def secret_in(mail):
    """The token in the mail's link; both parts must carry the same."""
    link = r"https://portal\.example\.org/staff/invitation/([A-Za-z0-9_-]{43})/"
    [in_text] = re.findall(link + r"\s", mail.part("plain"))
    [in_html] = re.findall(link + r'"', mail.part("html"))
    assert in_text == in_html
    return in_text


# What becomes of an entry


@pytest.mark.django_db
def test_what_was_sent_forgets_whom_it_was_for(entry, now, smtp_sink):
    send_due(now=now)

    assert outcome(entry) == (State.SENT, "", 1, "")
    assert (entry.ended_at >= now, entry.lease_until) == (True, None)


@pytest.mark.django_db
def test_what_is_no_longer_to_be_told_is_dropped(news, now, smtp_sink):
    entry = OutboxEntryFactory(kind="nothing", to=ADDRESS, next_at=now)

    assert send_due(now=now) == 0

    assert outcome(entry) == (State.DROPPED, "", 1, "")
    assert smtp_sink.journal == []


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["answer_recipient", "answer_data"])
@pytest.mark.parametrize("answer", ["421 Closing", "450 Busy", "451 Try later"])
def test_an_answer_that_may_pass_is_tried_again(entry, now, smtp_sink, step, answer):
    setattr(smtp_sink, step, answer)

    assert send_due(now=now) == 0

    assert outcome(entry) == (State.DUE, ADDRESS, 1, f"SMTP {answer[:3]}")
    assert entry.next_at == now + BACKOFF[0]
    assert send_due(now=now + BACKOFF[0] - timedelta(seconds=1)) == 0
    setattr(smtp_sink, step, "250 OK")
    assert send_due(now=now + BACKOFF[0]) == 1
    assert outcome(entry) == (State.SENT, "", 2, "")


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["answer_recipient", "answer_data"])
@pytest.mark.parametrize("answer", ["550 No such mailbox", "552 Full", "554 Refused"])
def test_a_refusal_ends_the_entry_with_its_reason(entry, now, smtp_sink, step, answer):
    setattr(smtp_sink, step, answer)

    assert send_due(now=now) == 0

    assert outcome(entry) == (State.DEAD, "", 1, f"SMTP {answer[:3]}")
    assert entry.ended_at >= now


@pytest.mark.django_db
def test_a_relay_that_refuses_the_portal_itself_is_tried_again(entry, now, smtp_sink):
    smtp_sink.answer_sender = "550 Who are you?"

    assert send_due(now=now) == 0

    assert outcome(entry) == (State.DUE, ADDRESS, 1, "SMTPSenderRefused 550")


@pytest.mark.django_db
def test_a_relay_without_the_sign_in_that_is_set_is_tried_again(entry, now, smtp_sink, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "changed"

    assert send_due(now=now) == 0

    assert outcome(entry) == (State.DUE, ADDRESS, 1, "SMTPNotSupportedError")


@pytest.mark.django_db
def test_a_silent_relay_is_left_after_the_timeout_and_tried_again(entry, now, settings):
    settings.EMAIL_TIMEOUT = 0.3

    with silent_server() as port:
        send_to(settings, port)
        assert send_due(now=now) == 0

    assert outcome(entry) == (State.DUE, ADDRESS, 1, "SMTPServerDisconnected")
    assert entry.next_at == now + BACKOFF[0]


@pytest.mark.django_db
def test_a_relay_that_is_down_is_tried_again(entry, now, settings):
    send_to(settings, free_port())

    assert send_due(now=now) == 0

    assert outcome(entry) == (State.DUE, ADDRESS, 1, "ConnectionRefusedError")


@pytest.mark.django_db
def test_a_relay_that_is_down_for_good_is_tried_for_a_day_and_then_given_up(entry, now, settings):
    send_to(settings, free_port())
    waits, moment = [], now

    for _ in range(MAX_ATTEMPTS):
        send_due(now=moment)
        entry.refresh_from_db()
        waits.append(entry.next_at - moment)
        moment = entry.next_at

    assert waits == [*BACKOFF, timedelta(0)]
    assert sum(BACKOFF, timedelta(0)) == timedelta(hours=24, minutes=21)
    assert outcome(entry) == (State.DEAD, "", MAX_ATTEMPTS, "ConnectionRefusedError")


@pytest.mark.django_db
def test_an_entry_that_took_every_worker_down_is_given_up(entry, now, smtp_sink):
    OutboxEntry.objects.update(attempts=MAX_ATTEMPTS, lease_until=now)

    assert send_due(now=now) == 0

    assert outcome(entry) == (State.DEAD, "", MAX_ATTEMPTS + 1, "no try came to an end")
    assert smtp_sink.journal == []


@pytest.mark.django_db
def test_an_entry_that_cannot_be_worded_does_not_hold_up_the_others(news, now, smtp_sink):
    broken = OutboxEntryFactory(kind="fails", to=ADDRESS, next_at=now - MINUTE)
    unknown = OutboxEntryFactory(kind="of an older release", to=ADDRESS, next_at=now - MINUTE)
    sound = OutboxEntryFactory(kind="worded", to=ADDRESS, next_at=now)

    assert send_due(now=now) == 1

    assert outcome(broken) == (State.DUE, ADDRESS, 1, "LookupError")
    assert outcome(unknown) == (State.DUE, ADDRESS, 1, "KeyError")
    assert outcome(sound) == (State.SENT, "", 1, "")


@pytest.mark.django_db
def test_nothing_personal_stands_in_the_log(news, now, smtp_sink, caplog):
    caplog.set_level(logging.DEBUG)
    OutboxEntryFactory(kind="fails", to=ADDRESS, next_at=now)
    refused = OutboxEntryFactory(kind="worded", to=ADDRESS, next_at=now)
    smtp_sink.answer_recipient = f"550 No mailbox {ADDRESS}"

    send_due(now=now)

    lines = [line for line in caplog.text.splitlines() if "neighbourhoods" in line]
    assert len(lines) == 2
    assert f"Outbox entry {refused.pk} is dead after try 1: SMTP 550" in lines[1]
    assert ADDRESS not in "\n".join(lines)
    assert ADDRESS not in str(list(OutboxEntry.objects.filter(pk=refused.pk).values()))
