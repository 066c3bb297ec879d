"""The page of a report in a real browser: by keyboard and by mouse, what is saved, hostile texts, large ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_kit import MARKS, browser, press, wait

from despin.report.html import render
from despin.results import Alternative, Edit, Restoration, Verdict
from despin.text import wdiff

pytestmark = MARKS

TEXT = "手机改版很快。\n他不存在问题。\n而且获得资料。\n"
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture
def show(driver: Any, tmp_path: Path) -> Open:
    """`show(name=restoration)` opens the report of restorations; what it saves comes into the folder of the test."""

    def open_report(documents: dict[str, Restoration]) -> Any:
        path = tmp_path / "report.html"
        path.write_text(render(documents.items()), "utf-8")
        # What a test decided and did not save would be asked about.
        driver.get("about:blank")
        if found := driver.get_log("browser"):
            raise AssertionError(found)
        driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
        driver.get(path.as_uri())
        return driver

    return open_report


@pytest.fixture(autouse=True)
def forget(driver: Any) -> Iterator[None]:
    """Leave no page with decisions that are not saved: the browser would ask."""
    yield
    driver.execute_script("window.addEventListener('beforeunload', (e) => e.stopImmediatePropagation(), true)")
    assert driver.get_log("browser") == []


def example() -> Restoration:
    def at(spun: str, original: str, confidence: float, **more: Any) -> Edit:
        start = TEXT.index(spun)
        return Edit(start, start + len(spun), spun, original, confidence, **more)

    others = (Alternative("升级", 0.06), Alternative("修改", 0.01))
    edits = (
        at("改版", "更新", 0.9, alternatives=others, entry="f:改版"),
        at("不存在", "存在", 0.6, changes="polarity"),
        at("获得", "拿到", 0.99, proof="failed"),
    )
    return Restoration(TEXT, edits, Verdict(True, 0.99, "f", 0.8))


def saved(folder: Path, name: str) -> str:
    """What the page saved, once the browser has written it; the file is taken away."""
    path = folder / name
    # The browser takes the name with an empty file, and moves what it saves there when that is whole.
    content = wait(lambda: path.exists() and path.read_bytes(), f"{name} was not saved")
    path.unlink()
    return str(content, "utf-8")


def here(driver: Any) -> str:
    return driver.execute_script("return document.querySelector('.here')?.textContent ?? ''")


def test_going_through_by_keyboard(show: Open, tmp_path: Path) -> None:
    driver = show({"a.txt": example()})
    assert not driver.find_element("id", "chosen").is_displayed()
    press(driver, "j")
    assert here(driver) == "更新"
    assert driver.execute_script("return document.activeElement.textContent") == "更新"
    assert driver.find_element("id", "spun").text == "改版"
    assert driver.find_element("id", "entry").text == "f:改版"
    assert "更新，网页上是“改版”" in driver.find_element("id", "status").get_attribute("textContent")
    press(driver, "a")
    assert here(driver) == "存在"
    assert "意思反转" in driver.find_element("id", "reason").text
    press(driver, "r")
    assert here(driver) == "拿到"
    assert "不符" in driver.find_element("id", "reason").text
    press(driver, "j", "k", "k", "2", "s")
    assert saved(tmp_path, "a.txt.wdiff") == "手机[-改版-]{+修改+}很快。\n他不存在问题。\n而且[-获得-]{+拿到+}资料。\n"
    # Undo takes back the runner-up, the rejection, and the acceptance.
    press(driver, "u", "u", "u", "s")
    assert saved(tmp_path, "a.txt.wdiff") == wdiff.write(TEXT, example().edits)
    assert "已决定" not in driver.find_element("id", "count").text


def test_enter_opens_the_candidates_and_escape_goes_back(show: Open, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    driver = show({"a.txt": example()})
    press(driver, "j", Keys.ENTER)
    assert "升级" in driver.switch_to.active_element.text
    press(driver, Keys.ENTER)
    assert here(driver) == "升级"
    press(driver, "e")
    press(driver, "a|[-b", Keys.ENTER)
    assert here(driver) == "a|[-b"
    press(driver, "s")
    assert wdiff.read(saved(tmp_path, "a.txt.wdiff")).gold[0].originals == ("a|[-b",)
    press(driver, Keys.ESCAPE)
    assert here(driver) == ""


def test_going_through_by_mouse(show: Open, tmp_path: Path) -> None:
    driver = show({"a.txt": example(), "b.txt": Restoration("干净。"), "c.txt": example()})
    words = driver.find_elements("css selector", "#d3 .text b.e")
    words[0].click()
    driver.find_elements("css selector", "#others button")[0].click()
    assert words[0].text == "升级"
    driver.find_element("id", "next").click()
    driver.find_element("id", "reject").click()
    assert words[1].text == "不存在"
    driver.find_element("id", "save").click()
    assert saved(tmp_path, "c.txt.wdiff") == "手机[-改版-]{+升级+}很快。\n他不存在问题。\n而且[-获得-]{+拿到+}资料。\n"
    driver.execute_script("scrollTo(0, 0)")
    driver.find_elements("css selector", "#d1 .bar-of")[0].click()
    assert driver.execute_script("return document.querySelector('.here').closest('.doc').id") == "d1"


def test_only_what_is_to_be_checked_is_gone_through(show: Open) -> None:
    driver = show({"a.txt": example()})
    driver.execute_script("document.getElementById('filter').value = 'facts'")
    press(driver, "j")
    assert here(driver) == "存在"
    press(driver, "j")
    assert here(driver) == "存在"
    driver.execute_script("document.getElementById('filter').value = 'failed'")
    press(driver, "j")
    assert here(driver) == "拿到"


def test_spun_words_show_under_the_focus_and_beside_on_a_toggle(show: Open) -> None:
    driver = show({"a.txt": example()})
    content = "return getComputedStyle(document.querySelector('.text .e'), '::after').content"
    assert driver.execute_script(content) == "none"
    press(driver, "j")
    assert "改版" in driver.execute_script(content) or "attr(data-s)" in driver.execute_script(content)
    press(driver, "j", "b")
    assert "〔" in driver.execute_script(content)


def test_hostile_texts_do_nothing_and_are_saved_to_the_letter(show: Open, tmp_path: Path) -> None:
    hostile = [
        "<script>document.title='x'</script>", "</script><script>document.title='x'</script>", "<img src=x onerror=\"document.title='x'\">",
        "\u202e反\u2066\u200b", "\x00\x01\x7f\x85\ufeff", "\ud800好", "\r单\r\n双\n", "[-a-]{+b|?c+}\\", "\\[-", "&#0;&lt;", "?", "𠮷", "\\",
    ]  # fmt: skip
    text = "".join(f"前{one}后\\" for one in hostile)
    edits, place = [], 0
    for number, one in enumerate(hostile):
        start = text.index(f"前{one}后", place) + 1
        place = start + len(one)
        other = hostile[(number + 1) % len(hostile)]
        edits.append(Edit(start, place, one, other, 0.7, alternatives=(Alternative(one + other, 0.2),), entry=one))
    restoration = Restoration(text, tuple(edits), Verdict(True, 0.9, hostile[0]))
    driver = show({hostile[2] + ".txt": restoration, "<b>": restoration})
    title = driver.title
    driver.execute_script("document.querySelectorAll('.text .e')[0].click()")
    for _ in hostile:
        press(driver, "j")
    assert driver.title == title
    assert driver.execute_script("return document.querySelectorAll('script, img, iframe').length") == 2
    driver.execute_script("document.querySelector('#d2 .e').click(); document.getElementById('save').click()")
    assert saved(tmp_path, "b.wdiff") == wdiff.write(text, edits).encode("utf-8", "backslashreplace").decode()
    press(driver, "1", "s")
    markup = saved(tmp_path, "b.wdiff")
    assert wdiff.read(markup).gold[0].originals == (hostile[0] + hostile[1],)


def test_choosing_the_word_of_the_page_is_rejecting(show: Open, tmp_path: Path) -> None:
    edit = Edit(0, 2, "光阴", "时间", 0.52, alternatives=(Alternative("光阴", 0.47),))
    driver = show({"a.txt": Restoration("光阴。", (edit,))})
    press(driver, "j", "1")
    assert driver.find_element("id", "reject").get_attribute("aria-pressed") == "true"
    assert driver.find_element("css selector", "#others button").get_attribute("aria-pressed") == "true"
    press(driver, "s")
    assert saved(tmp_path, "a.txt.wdiff") == "光阴。"


def test_words_that_are_gone_have_names(show: Open) -> None:
    text = "多余的话\x00\u202e完"
    edits = (Edit(0, 2, "多余", "", 0.9), Edit(4, 5, "\x00", "\u202e", 0.9, entry="\u202e"))
    driver = show({"a.txt": Restoration(text, edits)})
    assert [word.accessible_name for word in driver.find_elements("css selector", ".text .e")] == ["删去", "⟨202e⟩"]
    press(driver, "j", "j")
    assert driver.find_element("id", "entry").text == "⟨202e⟩"
    assert driver.find_element("id", "spun").text == "⟨0⟩"
    press(driver, "k", "r")
    assert driver.find_elements("css selector", ".text .e")[0].accessible_name == "多余"


def test_a_large_text_stays_quick(show: Open, tmp_path: Path) -> None:
    def large(lines: int) -> Restoration:
        line = "这里有一个句子，里面有一些词，还有另一些词，读起来都很平常。\n"
        edits = tuple(
            Edit(at, at + 2, (line * 2)[at % len(line) :][:2], "改正", at % 97 / 97)
            for number in range(lines)
            for at in (number * len(line) + 3,)
        )
        return Restoration(line * lines, edits, Verdict(True, 0.9, "f"))

    each = """
        const done = arguments[0];
        const press = (key) => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
        const start = performance.now();
        for (let i = 0; i < 10; i++) { press("j"); press("r"); press("u"); }
        done((performance.now() - start) / 30);"""
    restoration = large(11_000)
    driver = show({"big.txt": restoration})
    count = "return document.querySelectorAll('.text .e').length"
    wait(lambda: driver.execute_script(count) == 11_000, "all words are there")
    # A key takes some tens of milliseconds, on a busy machine some hundreds; where it grew with the text times its edits it would be
    # many seconds.
    assert driver.execute_async_script(each) < 10_000
    press(driver, "s")
    assert saved(tmp_path, "big.txt.wdiff") == wdiff.write(restoration.source, restoration.edits)


def test_light_dark_narrow_and_print_have_room(show: Open) -> None:
    driver = show({"a.txt": example()})
    try:
        for width in (320, 390, 800, 1200):
            size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            assert driver.execute_script("return document.documentElement.scrollWidth") <= width
        colours = set()
        for scheme in ("light", "dark"):
            media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
            colours.add(driver.execute_script("return getComputedStyle(document.body).backgroundColor"))
        assert len(colours) == 2
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        assert not driver.find_element("css selector", ".bar").is_displayed()
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


def test_what_screen_readers_are_told(show: Open) -> None:
    driver = show({"a.txt": example()})
    assert driver.execute_script("return document.documentElement.lang") == "zh-Hans"
    for word in driver.find_elements("css selector", ".text .e"):
        changes = "改变事实 " if "f" in word.get_attribute("class").split() else ""
        assert (word.aria_role, word.accessible_name) == ("button", changes + word.text)
    for control in driver.find_elements("css selector", "button, select, input"):
        if control.is_displayed():
            assert control.accessible_name
    # One stop for Tab in the text, wherever it was left.
    assert driver.execute_script("return document.querySelectorAll('.text [tabindex=\"0\"]').length") == 1
    press(driver, "j", "j")
    assert driver.execute_script("return document.querySelectorAll('.text [tabindex=\"0\"]').length") == 1
