from teams.models.audit_event import AuditEvent, AuditSeal
from teams.models.contact_route import ContactRoute
from teams.models.duty import Duty, DutyCode
from teams.models.event import Event, EventMove, Promise
from teams.models.half_day import HalfDay
from teams.models.invitation import Invitation
from teams.models.member import Member
from teams.models.notice import Notice
from teams.models.patrol import Patrol, PatrolTotal
from teams.models.patrol_update import PatrolUpdate, TransitionNotAllowed
from teams.models.people_file import PeopleFile
from teams.models.photo import Photo
from teams.models.posting import Cover, NamedContact, Posting
from teams.models.publishing import OperationsHold, PublishingTrust
from teams.models.role_fact import RoleFact
from teams.models.role_grant import RoleGrant
from teams.models.role_request import RoleRequest
from teams.models.safety import SafetyStamp, Unhiding
from teams.models.session import Session
from teams.models.user import User

__all__ = [
    "AuditEvent",
    "AuditSeal",
    "ContactRoute",
    "Cover",
    "Duty",
    "DutyCode",
    "Event",
    "EventMove",
    "HalfDay",
    "Invitation",
    "Member",
    "NamedContact",
    "Notice",
    "OperationsHold",
    "Patrol",
    "PatrolTotal",
    "PatrolUpdate",
    "PeopleFile",
    "Photo",
    "Posting",
    "Promise",
    "PublishingTrust",
    "RoleFact",
    "RoleGrant",
    "RoleRequest",
    "SafetyStamp",
    "Session",
    "TransitionNotAllowed",
    "Unhiding",
    "User",
]
