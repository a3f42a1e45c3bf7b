"""The 72-hour clock once more, by another way: seconds are counted between neighbours."""

DUE_S = 72 * 3600
RANK = ["RECEIVED", "PAUSED", "RESUMED", "ANSWERED", "ESCALATED"]


def reference(events, now):
    """(state, seconds elapsed, due, answered, in time, escalated) of ``(kind, instant)`` pairs.

    Instants are POSIX seconds, so no time zone can come in.
    """
    state, ran, due, answered, escalated, before = "none", 0.0, None, None, None, None
    for at, rank in sorted((at, RANK.index(kind)) for kind, at in [*events, ("ESCALATED", now)]):
        if at > now:
            break
        kind = RANK[rank]
        if state == "running":
            if ran < DUE_S <= ran + (at - before):
                due = at - (ran + (at - before) - DUE_S)
            ran += at - before
        before = at
        if kind == "RECEIVED" and state == "none":
            state = "running"
        elif kind == "PAUSED" and state == "running":
            state = "paused"
        elif kind == "RESUMED" and state == "paused":
            state = "running"
        elif kind == "ANSWERED" and state in ("running", "paused"):
            state, answered = "answered", at
        elif kind == "ESCALATED" and state in ("running", "paused") and ran > DUE_S:
            real = (kind, at) in events
            escalated = at if real and escalated is None else escalated
    if due is None and state in ("running", "answered"):
        due = (answered if state == "answered" else now) + DUE_S - ran
    return state, ran, due, answered, None if answered is None else ran <= DUE_S, escalated
