"""Who may read what despin writes: nobody who could not before, and all who could."""

from __future__ import annotations

import errno
import os
import struct
import sys
from pathlib import Path

import pytest
from review_kit import TEXT, read

from despin.errors import OutputError
from despin.review.document import ReviewedText
from despin.review.journal import Group
from despin.review.places import Decision
from despin.text import rights, writing

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="access control lists as Linux has them")
ACL, FOLDER_ACL = "system.posix_acl_access", "system.posix_acl_default"
#: The owner may write, user 12345 and the group may read, others nothing.
LIST = struct.pack("<I", 2) + b"".join(
    struct.pack("<HHI", kind, may, who)
    for kind, may, who in [(1, 6, 2**32 - 1), (2, 4, 12345), (4, 4, 2**32 - 1), (16, 4, 2**32 - 1), (32, 0, 2**32 - 1)]
)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, "utf-8")
    try:
        os.setxattr(path, "user.origin", b"web")
        os.setxattr(path, ACL, LIST)
    except OSError:
        pytest.skip("a file system without attributes")
    return path


def mode(path: Path | str) -> int:
    return os.stat(path).st_mode & 0o7777


def test_lists_and_attributes_are_kept(page: Path) -> None:
    copy = writing.back_up(page, ".bak")
    writing.write(page, b"new")
    for path in (page, copy):
        assert (os.getxattr(path, ACL), os.getxattr(path, "user.origin"), mode(path)) == (LIST, b"web", 0o640)


def test_the_list_of_the_folder_gives_nobody_more(page: Path) -> None:
    os.removexattr(page, ACL)
    page.chmod(0o640)
    os.setxattr(page.parent, FOLDER_ACL, LIST)
    writing.write(page, b"new")
    assert ACL not in os.listxattr(page)
    assert mode(page) == 0o640


@pytest.mark.parametrize("name", [ACL, "user.origin"])
def test_where_they_cannot_be_kept_nothing_is_written(page: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = os.setxattr

    def refuse(path: str, attribute: str, value: bytes) -> None:
        if attribute == name:
            raise OSError(errno.EPERM, "Operation not permitted")
        usual(path, attribute, value)

    monkeypatch.setattr(os, "setxattr", refuse)
    for write in (lambda: writing.write(page, b"new"), lambda: writing.back_up(page, ".bak")):
        with pytest.raises(OutputError, match=f"its attribute {name} cannot be kept: Operation not permitted"):
            write()
    assert page.read_text("utf-8") == TEXT
    assert list(page.parent.iterdir()) == [page]


def test_what_the_system_sets_itself_is_no_reason(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed, got = os.listxattr, os.getxattr
    monkeypatch.setattr(os, "listxattr", lambda path: [*listed(path), "security.evm"])
    monkeypatch.setattr(os, "getxattr", lambda path, name: b"x" if name.startswith("security") else got(path, name))
    writing.write(page, b"new")
    assert page.read_bytes() == b"new"


def test_another_group_may_do_what_everybody_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "chown", refuse)
    path = tmp_path / "a.txt"
    for before, after in {0o660: 0o600, 0o664: 0o644, 0o4666: 0o666}.items():
        path.write_bytes(b"old")
        path.chmod(before)
        writing.write(path, b"new")
        assert mode(path) == after, oct(before)


def test_nobody_may_open_a_file_before_it_has_its_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, seen, usual = tmp_path / "a.txt", [], rights.share

    def share(temporary: Path, *rest: object) -> None:
        seen.append(mode(temporary))
        usual(temporary, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(rights, "share", share)
    path.write_bytes(b"old")
    path.chmod(0o600)
    writing.write(path, b"new")
    writing.back_up(path, ".bak")
    assert seen == [0o600] * 2
    assert mode(path) == mode(f"{path}.bak") == 0o600


@pytest.mark.parametrize(
    ("own", "copies"), [(0o600, 0o600), (0o644, 0o644), (0o666, 0o644), (0o755, 0o644), (0o440, 0o640)]
)
def test_what_is_beside_a_text_shows_it_to_nobody_else(
    page: Path, own: int, copies: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "_umask", lambda: 0o022)
    os.removexattr(page, ACL)
    page.chmod(own)
    document = ReviewedText(str(page), 1)
    document.open(read)
    document.put(1, [Group((Decision(2, 4, "accept"),))])
    document.close()
    assert [mode(f"{page}.{name}") for name in ("wdiff", "restored", "review")] == [copies] * 3
    os.chmod(f"{page}.wdiff", 0o640)
    document.open(read)
    document.put(document.revision, [Group((Decision(2, 4, "reject"),))])
    document.close()
    assert mode(f"{page}.wdiff") == 0o640


def test_a_text_with_a_list_is_copied_for_its_owner_alone(page: Path) -> None:
    writing.write(page.with_name("b"), b"copy", named=False, like=page)
    assert (mode(page), mode(page.with_name("b"))) == (0o640, 0o600)
