"""Where the cache folder is."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from despin.cachefile import cache_folder


@pytest.mark.parametrize("home", ["/home/someone", "/", "relative", ""])
@pytest.mark.parametrize("cache", ["/var/tmp/kept", "/var/tmp/kept/", "", None])
def test_the_folder_is_the_one_that_platformdirs_names(
    home: str, cache: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DESPIN_CACHE", raising=False)
    monkeypatch.setenv("HOME", home)
    if cache is None:
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_CACHE_HOME", cache)
    expected = platformdirs.user_cache_path("despin", appauthor=False)
    assert cache_folder() == (expected if expected.is_absolute() else None)


def test_the_variable_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESPIN_CACHE", "/somewhere")
    assert cache_folder() == Path("/somewhere")
    monkeypatch.setenv("DESPIN_CACHE", "")
    assert cache_folder() is None
