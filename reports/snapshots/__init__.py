"""What is written down of a day or a quarter as it was found."""

from reports.snapshots.bulletins import (
    QuarterNotOver,
    open_bulletins,
    open_last_quarter,
    open_quarter,
    prepare_due,
    prepare_quarter,
    take_figures,
)
from reports.snapshots.coverage import audit_coverage

__all__ = [
    "QuarterNotOver",
    "audit_coverage",
    "open_bulletins",
    "open_last_quarter",
    "open_quarter",
    "prepare_due",
    "prepare_quarter",
    "take_figures",
]
