"""What may be done to enrol an enterprise, and to bring its people in. One public function is one transaction."""

from mandat.enrolment.commands.users import EmailOfAnother, NewUser, create_user

__all__ = ["EmailOfAnother", "NewUser", "create_user"]
