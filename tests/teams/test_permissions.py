import pytest

from teams.permissions import ROLE_PERMISSIONS, Permission, Role, roles_allowing

OFFICER, SERGEANT, INSPECTOR = Role.OFFICER, Role.SERGEANT, Role.INSPECTOR
TRANSLATOR, COMMUNICATIONS = Role.TRANSLATOR, Role.COMMUNICATIONS
SAFETY_LEAD, ADMINISTRATOR = Role.OFFICER_SAFETY_LEAD, Role.FORCE_ADMINISTRATOR


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (
            Permission.NEIGHBOURHOOD_VIEW,
            [OFFICER, SERGEANT, INSPECTOR, SAFETY_LEAD, COMMUNICATIONS, ADMINISTRATOR],
        ),
        (Permission.UPDATE_WRITE, [OFFICER, SERGEANT, INSPECTOR, COMMUNICATIONS]),
        (Permission.UPDATE_PUBLISH, [SERGEANT, INSPECTOR]),
        (Permission.UPDATE_WITHDRAW, [SERGEANT, INSPECTOR]),
        (Permission.UPDATE_TRUST, [SERGEANT, INSPECTOR]),
        (Permission.UPDATE_SHARE, [COMMUNICATIONS]),
        (Permission.TEXT_TRANSLATE, [TRANSLATOR]),
        (Permission.OPERATIONS_HOLD, [INSPECTOR]),
        (Permission.COVER_SET, [SERGEANT, INSPECTOR, ADMINISTRATOR]),
        (Permission.NAMED_CONTACT_SET, [INSPECTOR, ADMINISTRATOR]),
        (Permission.PEOPLE_MANAGE, [ADMINISTRATOR]),
        (Permission.ROLE_LEND, [INSPECTOR]),
        (Permission.AUDIT_VIEW, [SAFETY_LEAD, ADMINISTRATOR]),
        (Permission.MEMBER_HIDE, [SERGEANT, INSPECTOR, SAFETY_LEAD, ADMINISTRATOR]),
        (Permission.MEMBER_UNHIDE, [INSPECTOR, SAFETY_LEAD]),
        (Permission.MEMBER_SHORTEN, [INSPECTOR]),
        (Permission.PLACE_WRITE, [INSPECTOR, ADMINISTRATOR]),
    ],
)
def test_roles_that_allow(permission, roles):
    assert roles_allowing(permission) == roles


def test_every_role_has_permissions_and_every_permission_a_role():
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert set().union(*ROLE_PERMISSIONS.values()) == set(Permission)
