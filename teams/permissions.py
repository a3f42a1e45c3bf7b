"""What staff may do, and which role may do it. Names of all apps' permissions stand here."""

from enum import StrEnum


class Role(StrEnum):
    """A role that is granted over one neighbourhood, one policing area or one force."""

    OFFICER = "officer"
    SERGEANT = "sergeant"
    INSPECTOR = "inspector"
    OFFICER_SAFETY_LEAD = "officer_safety_lead"
    TRANSLATOR = "translator"
    COMMUNICATIONS = "communications"
    FORCE_ADMINISTRATOR = "force_administrator"


# Given over a force alone, never over a part of it.
OF_A_WHOLE_FORCE = frozenset(
    {
        Role.OFFICER_SAFETY_LEAD,
        Role.TRANSLATOR,
        Role.COMMUNICATIONS,
        Role.FORCE_ADMINISTRATOR,
    }
)
# One administrator asks for them and another one gives them.
BY_TWO = frozenset({Role.INSPECTOR, Role.OFFICER_SAFETY_LEAD, Role.FORCE_ADMINISTRATOR})


class Permission(StrEnum):
    NEIGHBOURHOOD_VIEW = "neighbourhood.view"
    UPDATE_WRITE = "update.write"
    UPDATE_PUBLISH = "update.publish"
    UPDATE_WITHDRAW = "update.withdraw"
    UPDATE_TRUST = "update.trust"
    UPDATE_SHARE = "update.share"
    TEXT_TRANSLATE = "text.translate"
    OPERATIONS_HOLD = "operations.hold"
    COVER_SET = "cover.set"
    ROLL_CALL = "roll.call"
    CONTACT_CONFIRM = "contact.confirm"
    NAMED_CONTACT_SET = "named_contact.set"
    PEOPLE_MANAGE = "people.manage"
    ROLE_LEND = "role.lend"
    AUDIT_VIEW = "audit.view"
    MEMBER_HIDE = "member.hide"
    MEMBER_UNHIDE = "member.unhide"
    MEMBER_SHORTEN = "member.shorten"
    PATROL_LOG = "patrol.log"
    EVENT_WRITE = "event.write"
    PLACE_WRITE = "place.write"
    ROUND_MANAGE = "round.manage"
    PRIORITY_MANAGE = "priority.manage"
    MESSAGE_READ = "message.read"
    MESSAGE_ANSWER = "message.answer"
    POST_TAKE_OVER = "post.take_over"
    BULLETIN_WRITE = "bulletin.write"
    BULLETIN_APPROVE = "bulletin.approve"
    COVERAGE_VIEW = "coverage.view"
    BOUNDARIES_SWITCH = "boundaries.switch"


_OFFICER = frozenset(
    {
        Permission.NEIGHBOURHOOD_VIEW,
        Permission.UPDATE_WRITE,
        Permission.PATROL_LOG,
        Permission.EVENT_WRITE,
        Permission.MESSAGE_READ,
        Permission.MESSAGE_ANSWER,
        Permission.POST_TAKE_OVER,
        Permission.CONTACT_CONFIRM,
    }
)
_SERGEANT = _OFFICER | {
    Permission.UPDATE_PUBLISH,
    Permission.UPDATE_WITHDRAW,
    Permission.UPDATE_TRUST,
    Permission.COVER_SET,
    Permission.ROLL_CALL,
    Permission.MEMBER_HIDE,
    Permission.ROUND_MANAGE,
    Permission.PRIORITY_MANAGE,
    Permission.BULLETIN_WRITE,
}
_INSPECTOR = _SERGEANT | {
    Permission.OPERATIONS_HOLD,
    Permission.NAMED_CONTACT_SET,
    Permission.MEMBER_UNHIDE,
    Permission.MEMBER_SHORTEN,
    Permission.PLACE_WRITE,
    Permission.BULLETIN_APPROVE,
    Permission.COVERAGE_VIEW,
    Permission.ROLE_LEND,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OFFICER: _OFFICER,
    Role.SERGEANT: _SERGEANT,
    Role.INSPECTOR: _INSPECTOR,
    Role.OFFICER_SAFETY_LEAD: frozenset(
        {
            Permission.NEIGHBOURHOOD_VIEW,
            Permission.MEMBER_HIDE,
            Permission.MEMBER_UNHIDE,
            Permission.AUDIT_VIEW,
        }
    ),
    Role.TRANSLATOR: frozenset({Permission.TEXT_TRANSLATE}),
    # What they write needs a second person of the team, in an emergency too.
    Role.COMMUNICATIONS: frozenset(
        {Permission.NEIGHBOURHOOD_VIEW, Permission.UPDATE_WRITE, Permission.UPDATE_SHARE}
    ),
    Role.FORCE_ADMINISTRATOR: frozenset(
        {
            Permission.NEIGHBOURHOOD_VIEW,
            Permission.MEMBER_HIDE,
            Permission.COVER_SET,
            Permission.CONTACT_CONFIRM,
            Permission.NAMED_CONTACT_SET,
            Permission.BOUNDARIES_SWITCH,
            Permission.PEOPLE_MANAGE,
            Permission.PLACE_WRITE,
            Permission.COVERAGE_VIEW,
            Permission.AUDIT_VIEW,
        }
    ),
}


def roles_allowing(permission: Permission) -> list[Role]:
    """The roles whose holders may do what ``permission`` names."""
    return [role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions]
