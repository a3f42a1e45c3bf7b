"""After a restore: what the ledger tells and the backup does not know is done again."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from teams import audit, retention
from teams.ledger import UNDOES, Ledger, Line, read_ledger, standing
from teams.models import Member, Photo, SafetyStamp
from teams.services.safety import let_be_made_again, words_say_surname

# Why a name is short is in no file: the inspector who restores knows, or asks.
REASON = "Said in the ledger, after a restore. The reason is with the inspector."


class NobodyThere(Exception):
    """Whom a line names the database does not know."""


@dataclass(frozen=True)
class Replay:
    """What came of the ledger: how many acts stand, how many had to be done again, of which kind.

    ``missed`` and ``wrong`` name lines: of people who are not there, and those without sense.
    """

    standing: int
    again: dict[str, int]
    missed: list[str]
    wrong: list[str]
    cut_off: bool


def replay(*, now: datetime) -> Replay:
    """Hide and erase once more whatever came back. Again changes nothing more.

    Each act is a transaction of its own, so that a line without sense keeps no other from
    being done. Every page is made again: a stamp may come back with the backup, too, and
    stand for another page than it did before.
    """
    ledger = read_ledger()
    acts = standing(ledger.lines)
    again, missed, wrong = Counter(), [], [*ledger.wrong, *_unknown(ledger)]
    for line in acts:
        if line.act not in settings.REPLAYS:
            continue
        try:
            again[line.act] += _done_again(line, now=now)
        except NobodyThere:
            missed.append(f"line {line.number}: {line.act}: nobody there has that reference")
        except (KeyError, TypeError, ValueError) as exc:
            wrong.append(f"line {line.number}: {line.act}: {type(exc).__name__}: {exc}")
    SafetyStamp.objects.leap(to=int(now.timestamp()))
    return Replay(len(acts), dict(+again), missed, wrong, ledger.cut_off)


def _unknown(ledger: Ledger) -> list[str]:
    known = settings.REPLAYS.keys() | UNDOES.keys()
    return [f"line {x.number}: no such act: {x.act}" for x in ledger.lines if x.act not in known]


@transaction.atomic
def _done_again(line: Line, *, now: datetime) -> bool:
    return import_string(settings.REPLAYS[line.act])(line.told, now=now)


def hide_again(told: dict[str, object], *, now: datetime) -> bool:
    """Hide whom a line names, since when it says; False where they are hidden."""
    member = _held(told)
    if member.hidden_at:
        return False
    member.hide(at=datetime.fromisoformat(told["at"]))
    member.save(update_fields=["hidden_at"])
    member.unhidings.waiting().delete()
    retention.remove_photo_of(member, by=None, now=now)
    _note(member, "member.hidden")
    return True


def shorten_again(told: dict[str, object], *, now: datetime) -> bool:
    """Let residents read the first name alone; False where they do.

    Words about them that say the surname come from before it was taken out of them, and go.
    """
    member = _held(told)
    if member.first_name_only:
        return False
    member.first_name_only, member.first_name_reason = True, REASON
    if words_say_surname(member):
        member.bio = member.bio_cy = ""
    member.save(update_fields=["first_name_only", "first_name_reason", "bio", "bio_cy"])
    _note(member, "member.shortened")
    return True


def remove_photo_again(told: dict[str, object], *, now: datetime) -> bool:
    """Take away the photo under the key that a line names; False where it is gone."""
    photo = Photo.objects.filter(key=told["key"]).select_related("member").first()
    return photo is not None and retention.remove_photo_of(photo.member, by=None, now=now)


def _held(told: dict[str, object]) -> Member:
    """Whom a line names, held until the transaction ends. Raises NobodyThere."""
    rows = Member.objects.select_for_update(no_key=True, of=("self",))
    member = rows.filter(force=told["force"], reference=told["reference"]).first()
    if member is None:
        raise NobodyThere
    return member


def _note(member: Member, verb: str) -> None:
    let_be_made_again(member)
    audit.record(verb, member, by=None, replayed=True)
