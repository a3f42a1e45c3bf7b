"""The few things that all apps make together: tables of dotted names.

Settings hand them to the apps, the lowest app that needs a table runs it, and a
system check imports every entry at start. This is how a lower app reaches an
upper one without importing it.
"""

from datetime import timedelta

# What a mail or digest tells: kind -> function (pk, *, language, now) -> NewsItem | None.
NEWS = {
    "neighbourhoods.boundary_changed": "neighbourhoods.notifications.boundary_changed",
    "neighbourhoods.confirm_follow": "neighbourhoods.notifications.confirm_follow",
    "feedback.answered": "feedback.news.answered",
    "feedback.escalated": "feedback.news.escalated",
    "feedback.received": "feedback.news.received",
    "teams.invitation": "teams.news.invitation",
    "teams.update_published": "teams.news.update_published",
    "teams.contact_unconfirmed": "teams.news.contact_unconfirmed",
    "teams.route_test": "teams.news.route_test",
    "teams.post_vacant": "teams.news.post_vacant",
    "teams.role_lent": "teams.news.role_lent",
    "teams.role_taken_back": "teams.news.role_taken_back",
    "teams.event_added": "teams.news.event_added",
    "teams.event_moved": "teams.news.event_moved",
    "teams.event_cancelled": "teams.news.event_cancelled",
    "teams.event_noted": "teams.news.event_noted",
    "priorities.confirm_vote": "priorities.news.confirm_vote",
    "priorities.round_opened": "priorities.news.round_opened",
    "priorities.results_published": "priorities.news.results_published",
    "priorities.priority_updated": "priorities.news.priority_updated",
    "reports.bulletin_published": "reports.news.bulletin_published",
}

# Puts names in place of the references in a text, on its way to a reader.
WITH_NAMES = "teams.queries.with_names"

# What a restored backup undid is done again: act in the ledger -> function (told, *, now) -> bool.
REPLAYS = {
    "member.hidden": "teams.services.replaying.hide_again",
    "member.shortened": "teams.services.replaying.shorten_again",
    "photo.removed": "teams.services.replaying.remove_photo_again",
    "contact.erased": "feedback.retention.erase_again",
}

# Periodic work: name -> (function (*, now), period, how far back a missed period is made up for).
# Without a period the job runs at every tick: its own rows remember what was done.
JOBS = {
    "neighbourhoods.fan_out": ("neighbourhoods.notifications.fan_out", None, None),
    "neighbourhoods.send_due": ("neighbourhoods.notifications.send_due", None, None),
    "neighbourhoods.apply_areas": (
        "neighbourhoods.snapshots.apply_areas",
        timedelta(hours=1),
        timedelta(hours=1),
    ),
    "neighbourhoods.delete_expired": (
        "neighbourhoods.retention.delete_expired",
        timedelta(days=1),
        timedelta(days=2),
    ),
    "teams.publish_scheduled": ("teams.snapshots.publish_scheduled", None, None),
    "teams.look_after_posts": (
        "teams.notifications.look_after_posts",
        timedelta(days=1),
        timedelta(days=1),
    ),
    "teams.send_route_tests": (
        "teams.notifications.send_route_tests",
        timedelta(days=1),
        timedelta(days=1),
    ),
    "teams.delete_expired": (
        "teams.retention.delete_expired",
        timedelta(days=1),
        timedelta(days=2),
    ),
    "teams.sweep_photos": (
        "teams.retention.sweep_photos",
        timedelta(hours=1),
        timedelta(hours=1),
    ),
    "teams.count_patrols": (
        "teams.snapshots.count_patrols",
        timedelta(days=1),
        timedelta(days=1),
    ),
    "teams.seal_audit": ("teams.snapshots.seal_audit", None, None),
    "teams.verify_audit": (
        "teams.snapshots.verify_audit",
        timedelta(days=1),
        timedelta(days=1),
    ),
    "feedback.erase_contacts": (
        "feedback.retention.erase_contacts",
        timedelta(days=1),
        timedelta(days=2),
    ),
    "priorities.destroy_keys": (
        "priorities.retention.destroy_keys",
        timedelta(days=1),
        timedelta(days=2),
    ),
    "reports.open_last_quarter": (
        "reports.snapshots.open_last_quarter",
        timedelta(days=1),
        timedelta(days=2),
    ),
    "reports.audit_coverage": (
        "reports.snapshots.audit_coverage",
        timedelta(days=1),
        timedelta(days=1),
    ),
    "reports.prepare_due": ("reports.snapshots.prepare_due", None, None),
}
