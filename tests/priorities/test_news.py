from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from neighbourhoods.models import OutboxEntry, Token
from neighbourhoods.notifications import send_due
from priorities import news
from priorities.models import Vote
from tests.factories.neighbourhoods import NeighbourhoodFactory, OutboxEntryFactory
from tests.factories.priorities import (
    CLOSED,
    DURING,
    OptionFactory,
    PriorityFactory,
    PriorityUpdateFactory,
    RoundFactory,
    VoteFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return NeighbourhoodFactory(
        force__id="casterwell", code="harkstow", name="Harkstow Estate", name_cy="Ystad Harkstow"
    )


def told(word, row, now=DURING, language="en-gb"):
    return getattr(news, word)(row.pk, language=language, now=now)


def test_the_mail_that_asks_for_confirmation_is_discreet(place):
    round_ = RoundFactory(neighbourhood=place, opened=True, title="What about the fires?")
    option = OptionFactory(round=round_, title="Fires at the playground")
    vote = VoteFactory(round=round_, options=[option])
    OutboxEntryFactory(kind=news.CONFIRM_VOTE, object_id=vote.pk, next_at=DURING)

    assert send_due(now=DURING) == 1

    [sent] = mail.outbox
    whole = f"{sent.subject} {sent.body} {sent.alternatives[0].content}"
    assert sent.subject == "Your local team: please confirm"
    assert [word for word in ("Harkstow", "Fires", "fires", "playground") if word in whole] == []
    assert Token.objects.values_list("purpose", "object_id").get() == (
        "priorities.confirm_vote",
        vote.pk,
    )
    assert Token.objects.get().expires_at == DURING + timedelta(days=7)
    assert f"{reverse('priorities:vote_confirm')}" in sent.body


@pytest.mark.parametrize(
    ("traits", "now"), [({"counted": True}, DURING), ({}, CLOSED), ({"state": "EXPIRED"}, DURING)]
)
def test_nobody_is_asked_to_confirm_what_is_settled(traits, now):
    assert told("confirm_vote", VoteFactory(**traits), now) is None


def test_a_vote_that_is_gone_is_not_asked_for():
    vote = VoteFactory()
    entry = OutboxEntryFactory(kind=news.CONFIRM_VOTE, object_id=vote.pk, next_at=DURING)
    Vote.objects.all().delete()

    send_due(now=DURING)

    entry.refresh_from_db()
    assert (entry.state, mail.outbox) == (OutboxEntry.State.DROPPED, [])


def test_round_opened_says_until_when(place):
    round_ = RoundFactory(neighbourhood=place, opened=True, title="What now?")

    item = told("round_opened", round_)

    assert (item.title, item.text, item.url) == (
        "Harkstow Estate: vote on what your team works on",
        "What now? You can vote until the end of 14 March 2026.",
        "/areas/casterwell/harkstow/vote/",
    )
    assert told("round_opened", round_, language="cy").title.startswith("Ystad Harkstow: ")
    assert told("round_opened", round_, now=CLOSED) is None


def test_results_published(place):
    round_ = RoundFactory(neighbourhood=place, published=True)

    item = told("results_published", round_)

    assert (item.title, item.url) == (
        "Harkstow Estate: what residents chose",
        "/areas/casterwell/harkstow/priorities/",
    )
    assert told("results_published", RoundFactory(opened=True)) is None


def test_priority_updated(place):
    priority = PriorityFactory(neighbourhood=place, title="E-bikes", title_cy="E-feiciau")
    update = PriorityUpdateFactory(priority=priority, text="Eleven stopped.")

    english, welsh = (told("priority_updated", update, language=lang) for lang in ("en-gb", "cy"))

    assert (english.title, english.text) == ("Harkstow Estate: E-bikes", "Eleven stopped.")
    assert (welsh.title, welsh.text) == ("Ystad Harkstow: E-feiciau", "Eleven stopped.")
    assert english.url == "/areas/casterwell/harkstow/priorities/"
    update.delete()
    assert news.priority_updated(987_654, language="en-gb", now=DURING) is None
