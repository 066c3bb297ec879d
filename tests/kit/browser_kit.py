"""A real browser for tests: Debian's chromium and chromedriver, driven by selenium."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
#: What tests with a browser are marked with.
MARKS = [
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed"),
]
#: Seconds that a browser on a busy machine may take.
PATIENCE = 60


@contextmanager
def browser() -> Iterator[Any]:
    """A browser without a window, that is ended in the end."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="the package selenium is not installed")
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    arguments = (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--window-size=1200,900",
        "--accept-lang=zh",
    )
    for argument in arguments:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options=options, service=Service(DRIVER))
    found.set_script_timeout(PATIENCE)
    try:
        yield found
    finally:
        found.quit()


def press(driver: Any, *keys: str) -> None:
    """Type keys, one after the other, where the focus is."""
    for key in keys:
        driver.switch_to.active_element.send_keys(key)


def wait(until: Callable[[], Any], what: str) -> Any:
    """What `until` returns as soon as it is true; an assertion fails where that takes too long."""
    end = time.monotonic() + PATIENCE
    while not (found := until()):
        assert time.monotonic() < end, what
        time.sleep(0.03)
    return found
