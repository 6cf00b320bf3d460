"""What may be done about who may act. One public function is one use case and one transaction."""

from mandat.access.commands.changes import (
    AlreadyOver,
    AlreadySuspended,
    ConfirmedTooLate,
    NothingToConfirm,
    NotLonger,
    NotNarrower,
    NotSuspended,
    SamePerson,
    confirm_proxy,
    narrow_proxy,
    renew_proxy,
    restore_proxy,
    suspend_proxy,
)
from mandat.access.commands.designations import LastRSE, designate, revoke_designation
from mandat.access.commands.enterprises import (
    AlreadyRegistered,
    BlockUnknown,
    ClientNumberTaken,
    NEQTaken,
    accept_blocks,
    accept_versions,
    accept_what_agrees,
    add_user,
    move_registration,
    open_enterprise,
    register_service,
)
from mandat.access.commands.grants import AlreadyGranted, AlreadyRevoked, DatesImpossible
from mandat.access.commands.proxies import (
    AssuranceTooLow,
    BlockNotAccepted,
    NotAUser,
    ProxyTooLong,
    RightsImpossible,
    SelfGrant,
    grant_on_one,
    grant_proxies,
    grant_proxy,
    revoke_proxy,
)
from mandat.access.commands.second_person import (
    AlreadyAsked,
    NothingChanged,
    OnlyOneRSE,
    choose_second_person,
    confirm_change,
    drop_change,
)
from mandat.access.commands.staff import (
    AlreadyConfirmed,
    LastSupervisors,
    NotConfirmed,
    NotTheFirst,
    OneSupervisor,
    RoleTooLong,
    TooLate,
    assign_staff,
    confirm_assignment,
    drop_proposal,
    end_assignment,
    first_assignments,
    keep_assignment,
)

__all__ = [
    "AlreadyAsked", "AlreadyConfirmed", "AlreadyGranted", "AlreadyOver", "AlreadyRegistered", "AlreadyRevoked",
    "AlreadySuspended", "AssuranceTooLow", "BlockNotAccepted", "BlockUnknown", "ClientNumberTaken",
    "ConfirmedTooLate", "DatesImpossible", "LastRSE", "LastSupervisors", "NEQTaken", "NotAUser", "NotConfirmed",
    "NotLonger", "NotNarrower", "NotSuspended", "NotTheFirst", "NothingChanged", "NothingToConfirm",
    "OneSupervisor", "OnlyOneRSE", "ProxyTooLong", "RightsImpossible", "RoleTooLong", "SamePerson", "SelfGrant",
    "TooLate",
    "accept_blocks", "accept_versions", "accept_what_agrees", "add_user", "assign_staff", "choose_second_person",
    "confirm_assignment", "confirm_change", "confirm_proxy", "designate", "drop_change", "drop_proposal",
    "end_assignment", "first_assignments", "grant_on_one", "grant_proxies", "grant_proxy", "keep_assignment",
    "move_registration", "narrow_proxy", "open_enterprise", "register_service", "renew_proxy", "restore_proxy",
    "revoke_designation", "revoke_proxy", "suspend_proxy",
]  # fmt: skip
