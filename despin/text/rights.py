"""Who may read and write a new file: those who may do so with the file that it replaces or was made of."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from functools import cache
from pathlib import Path

#: The name under which Linux keeps an access control list.
_ACL = "system.posix_acl_access"


def share(path: str | Path, like: str | Path, copy: bool = True) -> None:
    """Give a file that is yours alone to those who may read or write `like`, and to nobody else; unless it is a mere
    copy it gets owner, attributes and access control list too. Raises `OSError` where those cannot be kept."""
    try:
        state = os.stat(like)
    except FileNotFoundError:  # it was deleted: nobody else reads the copy
        return
    mode = stat.S_IMODE(state.st_mode)
    if copy:  # which goes on being written, though the text may be for reading alone
        mode = mode & 0o666 & ~_umask() | 0o600
    # Only an administrator may give files away.
    kept = _give(path, -1 if copy else state.st_uid, state.st_gid)
    if not kept:
        mode &= 0o777
        kept = _give(path, -1, state.st_gid)
    if hasattr(os, "listxattr"):
        own, old = _attributes(path), _attributes(like)
        if _ACL in own:  # that of the folder
            os.removexattr(path, _ACL)
        if copy:
            kept = kept and _ACL not in old
        else:
            for name, value in old.items():
                _keep_attribute(path, name, value)
    if not kept:  # another group, or one that a list says more of, may do what everybody may
        mode &= ~0o070 | (mode & 0o007) << 3
    os.chmod(path, mode)


def _give(path: str | Path, owner: int, group: int) -> bool:
    """Whether a file could be given to an owner (-1: to none) and a group."""
    with suppress(OSError, AttributeError):  # Windows has neither
        os.chown(path, owner, group)
        return True
    return False


def _attributes(path: str | Path) -> dict[str, bytes]:
    """The extended attributes of a file, none where its file system has none."""
    try:
        names = os.listxattr(path)
    except OSError:
        return {}
    return {name: os.getxattr(path, name) for name in names}


@cache
def _umask() -> int:
    """What the user takes from the mode of new files. It can only be asked for by setting it: for that moment new
    files are the user's alone."""
    found = os.umask(0o077)
    os.umask(found)
    return found


def _keep_attribute(path: str | Path, name: str, value: bytes) -> None:
    """Set an attribute. Raises `OSError` where it cannot be, unless it is one that the system sets itself."""
    try:
        os.setxattr(path, name, value)
    except OSError as error:
        if name.startswith(("user.", "system.")):
            raise OSError(errno.ENOTSUP, f"its attribute {name} cannot be kept: {error.strerror}") from None
