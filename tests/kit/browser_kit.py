"""A real browser for tests: Debian's chromium and chromedriver, driven by selenium."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
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
def browser(language: str = "zh-CN") -> Iterator[Any]:
    """A browser without a window that asks for pages in a language; it is ended in the end."""
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
    options.add_experimental_option("prefs", {"intl.accept_languages": language})
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


def show(driver: Any, address: str) -> None:
    driver.get(address)
    ready(driver)


def ready(driver: Any) -> None:
    wait(lambda: driver.execute_script("return document.body?.dataset.ready"), "the page is not ready")


def said(driver: Any, name: str) -> str:
    """What stands in an element, also while the page is coming."""
    return str(driver.execute_script("return document.getElementById(arguments[0])?.textContent ?? ''", name))


def settled(driver: Any) -> None:
    """Wait until everything is saved, and the page says so."""
    unsaved = "return document.body?.dataset.unsaved ?? '0'"
    wait(
        lambda: driver.execute_script(unsaved) == "0" and said(driver, "saved").startswith(("已保存", "本文到头")),
        "not saved",
    )


def here(driver: Any) -> str:
    return str(driver.execute_script("return document.querySelector('.here')?.textContent ?? ''"))


def marks(path: Path) -> str:
    return Path(f"{path}.wdiff").read_text("utf-8")
