"""What may be done about who may act. One public function is one use case and one transaction."""

from mandat.access.commands.designations import LastRSE, designate, revoke_designation
from mandat.access.commands.enterprises import (
    AlreadyRegistered,
    BlockUnknown,
    ClientNumberTaken,
    NEQTaken,
    accept_blocks,
    accept_what_agrees,
    add_user,
    move_registration,
    open_enterprise,
    register_service,
)
from mandat.access.commands.grants import AlreadyGranted, AlreadyRevoked, DatesImpossible
from mandat.access.commands.proxies import (
    BlockNotAccepted,
    NotAUser,
    ProxyTooLong,
    RightsImpossible,
    SelfGrant,
    grant_proxies,
    grant_proxy,
    revoke_proxy,
)
from mandat.access.commands.staff import (
    AlreadyConfirmed,
    LastSupervisors,
    NotTheFirst,
    OneSupervisor,
    assign_staff,
    confirm_assignment,
    end_assignment,
    first_assignments,
)

__all__ = [
    "AlreadyConfirmed", "AlreadyGranted", "AlreadyRegistered", "AlreadyRevoked", "BlockNotAccepted", "BlockUnknown",
    "ClientNumberTaken", "DatesImpossible", "LastRSE", "LastSupervisors", "NEQTaken", "NotAUser", "NotTheFirst",
    "OneSupervisor", "ProxyTooLong", "RightsImpossible", "SelfGrant",
    "accept_blocks", "accept_what_agrees", "add_user", "assign_staff", "confirm_assignment", "designate",
    "end_assignment", "first_assignments", "grant_proxies", "grant_proxy", "move_registration", "open_enterprise",
    "register_service", "revoke_designation", "revoke_proxy",
]  # fmt: skip
