"""Signatures and the progress bar."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import pytest

from despin.errors import InputError
from despin.evaluation.signature import Signature
from despin.fingerprint import model_digest
from despin.progress import Progress


def test_the_signature_names_everything_a_figure_depends_on() -> None:
    signature = Signature("1.2", "abc", "def", "despin", {"families": "all", "a": "b"})
    assert str(signature) == "despin:1.2|system:despin|lexicon:abc|model:def|a:b|families:all"
    assert signature.as_dict()["text"] == str(signature)


def test_the_model_digest_is_read_again_when_the_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tmp_path / "model"
    model.write_bytes(b"one")
    assert model_digest(model) == hashlib.sha256(b"one").hexdigest()[:12]
    state = model.stat()
    model.write_bytes(b"two")
    os.utime(model, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert model_digest(model) == hashlib.sha256(b"one").hexdigest()[:12], "same size and time: not read again"
    os.utime(model, ns=(0, 0))
    assert model_digest(model) == hashlib.sha256(b"two").hexdigest()[:12]
    with pytest.raises(InputError, match="install despin again"):
        model_digest(tmp_path / "nothing")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_drawn_on_a_terminal_only(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with Progress("news", 4) as progress:
        progress.add(2)
    assert ("50 % news" in stream.getvalue()) is terminal
    assert not terminal or stream.getvalue().endswith("\r\x1b[K")
