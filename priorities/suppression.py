"""Below which number something is not broken down, since it would tell of single people."""

# Votes: how many stand behind each option is shown from here on, the total always.
VOTES_BROKEN_DOWN_FROM = 10


def votes_are_broken_down(votes: int) -> bool:
    return votes >= VOTES_BROKEN_DOWN_FROM
