"""The 72-hour clock once more, by another way: seconds are counted between neighbours."""

DUE_S = 72 * 3600
RANK = ["RECEIVED", "PAUSED", "RESUMED", "ANSWERED", "ESCALATED"]
NEXT = {
    ("none", "RECEIVED"): "running",
    ("running", "PAUSED"): "paused",
    ("paused", "RESUMED"): "running",
    ("running", "ANSWERED"): "answered",
    ("paused", "ANSWERED"): "answered",
}


def reference(events, now):
    """(state, seconds elapsed, due, answered, in time, escalated) of ``(kind, instant)`` pairs.

    Instants are POSIX seconds, so no time zone can come in.
    """
    past = sorted((at, RANK.index(kind), kind) for kind, at in events if at <= now)
    state, ran, due, answered, escalated, before = "none", 0.0, None, None, None, 0.0
    for at, _rank, kind in [*past, (now, len(RANK), "NOW")]:
        if state == "running":
            step, before_step = at - before, ran
            ran += step
            due = at - (ran - DUE_S) if before_step < DUE_S <= ran else due
        if kind == "ESCALATED" and state in ("running", "paused") and ran > DUE_S:
            escalated = escalated or at
        if kind == "ANSWERED" and state in ("running", "paused"):
            answered = at
        state, before = NEXT.get((state, kind), state), at
    if due is None and state in ("running", "answered"):
        due = (answered or now) + DUE_S - ran
    return state, ran, due, answered, None if answered is None else ran <= DUE_S, escalated
