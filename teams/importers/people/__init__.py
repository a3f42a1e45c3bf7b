"""A force's people from a CSV file: planned first, so that it can be rehearsed, then written."""

from teams.importers.people.plan import Act, Plan, Step, Thing
from teams.importers.people.planning import plan_import, plan_undo

__all__ = ["Act", "Plan", "Step", "Thing", "plan_import", "plan_undo"]
