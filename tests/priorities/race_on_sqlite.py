"""Presses one link many times at once on an SQLite file, as processes of a portal would.

Run by ``test_race_sqlite.py`` with DATABASE_URL naming a new file; prints what came of it.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from neighbourhoods.tokens import token_digest  # noqa: E402
from priorities.models import Vote  # noqa: E402
from priorities.news import CONFIRM_VOTE  # noqa: E402
from priorities.services.voting import confirm_vote  # noqa: E402
from tests.factories.neighbourhoods import TokenFactory  # noqa: E402
from tests.factories.priorities import DURING, RoundFactory, VoteFactory  # noqa: E402


def main(presses: int) -> None:
    call_command("migrate", verbosity=0)
    round_ = RoundFactory(opened=True)
    alone = VoteFactory(round=round_, mailbox_key="a" * 64)
    both = VoteFactory.create_batch(2, round=round_, mailbox_key="b" * 64)
    print(*_at_once([_link_to(alone)] * presses), *_states("a"), sep="\n")
    print(*_at_once([_link_to(vote) for vote in both]), *_states("b"), sep="\n")


def _link_to(vote: Vote) -> str:
    token = f"link-{vote.pk}"
    TokenFactory(
        sha256=token_digest(token),
        purpose=CONFIRM_VOTE,
        object_id=vote.pk,
        begins_at=DURING,
        expires_at=DURING + timedelta(days=7),
    )
    return token


def _at_once(links: list[str]) -> list[str]:
    with ThreadPoolExecutor(len(links)) as pool:
        return list(pool.map(_press, links))


def _press(link: str) -> str:
    try:
        return confirm_vote(token=link, now=DURING).state
    finally:
        connection.close()


def _states(mailbox: str) -> list[str]:
    return sorted(Vote.objects.filter(mailbox_key=mailbox * 64).values_list("state", flat=True))


if __name__ == "__main__":
    main(int(sys.argv[1]))
