"""The read API's priorities, in the shape of data.police.uk.

The model knows one action for each issue, ours may have several: they follow each other.
Its clients sort by ``issue-date`` and read either spelling of a key, so both are sent.
"""

from datetime import date

from django.http import HttpRequest, JsonResponse
from django.utils.html import linebreaks

from neighbourhoods.api import day_as_json, neighbourhood_api
from neighbourhoods.models import Neighbourhood
from priorities.models import Priority


@neighbourhood_api()
def priorities(request: HttpRequest, neighbourhood: Neighbourhood, *, on: date) -> JsonResponse:
    known = neighbourhood.priorities.order_by("-adopted_on", "place", "pk").with_work()
    return JsonResponse([_priority_as_json(priority) for priority in known], safe=False)


def _priority_as_json(priority: Priority) -> dict[str, str | None]:
    done, done_on = _what_was_done(priority)
    issued, acted = _midnight(priority.adopted_on), done_on and _midnight(done_on)
    return {
        "issue": linebreaks(_words(priority), autoescape=True),
        "issue-date": issued,
        "issue_date": issued,
        "action": linebreaks(done, autoescape=True) if done else "",
        "action-date": acted,
        "action_date": acted,
        "welsh_issue": priority.title_cy,
        "state": priority.state.lower(),
        "closed_on": day_as_json(priority.closed_on),
    }


def _words(priority: Priority) -> str:
    """The title, and below it why it was taken up."""
    return "\n\n".join(filter(None, (priority.title, priority.why)))


def _what_was_done(priority: Priority) -> tuple[str, date | None]:
    """Actions that were done, updates and the outcome as paragraphs, and the last one's day."""
    actions = [(a.done_on, a.what) for a in priority.actions.all() if a.done_on]
    updates = [(update.made_on, update.text) for update in priority.updates.all()]
    steps = sorted(actions + updates, key=lambda step: step[0])
    if priority.closed_on:
        steps.append((priority.closed_on, priority.outcome))
    return "\n\n".join(text for _on, text in steps), steps[-1][0] if steps else None


def _midnight(on: date) -> str:
    """Local time without a zone: clients of the model cannot read one."""
    return f"{on.isoformat()}T00:00:00"
