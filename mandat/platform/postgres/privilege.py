"""PostgreSQL refuses to run as root, and must not outlive us: the words to put before each of its commands."""

import os
import pwd
import subprocess
from functools import cache
from pathlib import Path

NAMESPACE = ["unshare", "-U", "--map-user=1", "--map-group=1"]
#: Whom root lends the server to where user namespaces are forbidden: Debian's own account, or else nobody.
STAND_INS = ("postgres", "nobody")


class NotCrossable(Exception):
    """The user that root lends the server to cannot reach the folder: (user, the first closed folder)."""


def words_before(folder: Path) -> list[str]:
    """
    Return the words before a server's command: not as root, and interrupted when we die.

    A change of user clears the parent-death signal, so it is set last.

    :raises NotCrossable: if root must lend the server to a user who cannot reach the folder
    """
    last = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() != 0:
        return last
    owner = folder.stat().st_uid
    if owner == 0 and may_enter_a_namespace():
        return [*NAMESPACE, *last]
    user = pwd.getpwuid(owner) if owner else stand_in()
    return ["setpriv", "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups", "--pdeathsig", "INT"]


@cache
def may_enter_a_namespace() -> bool:
    """Return whether this machine lets us map root to another user: many containers do not."""
    try:
        return subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0  # noqa: S603
    except FileNotFoundError:
        return False


def stand_in() -> pwd.struct_passwd:
    """Return the account that root lends the server to."""
    there = {each.pw_name: each for each in pwd.getpwall()}
    return next(there[name] for name in STAND_INS if name in there)


def lend(*folders: Path) -> None:
    """
    Give our private folders to the account that will run the server, where that is not ourselves.

    :raises NotCrossable: if that account cannot reach them
    """
    if os.geteuid() != 0 or may_enter_a_namespace():
        return
    user = stand_in()
    for folder in folders:
        for above in reversed(folder.resolve().parents):
            found = above.stat()
            if found.st_uid != user.pw_uid and not found.st_mode & 0o001:
                raise NotCrossable(user.pw_name, str(above))
        os.chown(folder, user.pw_uid, user.pw_gid)
