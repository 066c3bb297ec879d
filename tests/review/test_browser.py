"""A review in a real browser: by keyboard and by mouse, undo, reload, two tabs, a server that is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_kit import MARKS, browser, here, marks, press, ready, said, settled, show, wait
from review_kit import TEXT, serving

from despin.evaluation.sets import read_set
from despin.text import wdiff

pytestmark = MARKS
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(autouse=True)
def forget(driver: Any) -> Iterator[None]:
    """Leave no page and no error behind."""
    yield
    driver.execute_script("window.addEventListener('beforeunload', (e) => e.stopImmediatePropagation(), true)")
    driver.get("about:blank")
    # A server that is gone and a conflict are what tests want; so is a page that does not want to be left.
    expected = ("net::ERR_", " 409 ", " 422 ", "Blocked attempt to show a 'beforeunload'")
    assert [row for row in driver.get_log("browser") if not any(one in row["message"] for one in expected)] == []


@pytest.fixture
def texts(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    for path in paths:
        path.write_text(TEXT, "utf-8")
    return paths


def restored(path: Path) -> str:
    return Path(f"{path}.restored").read_text("utf-8")


def test_a_whole_review_by_keyboard(driver: Any, texts: list[Path]) -> None:
    from selenium.webdriver.common.keys import Keys

    with serving(texts) as (page, _):
        show(driver, page.address + "d/1")
        press(driver, "j", "1")  # 改版 → the first runner-up
        assert here(driver) == "升级"
        press(driver, "j", "r")  # 王获得先生 stays
        assert here(driver) == "存在"
        press(driver, "a")
        assert here(driver) == "拿到"
        press(driver, "e", "取得", Keys.ENTER)
        assert here(driver) == "取得"
        press(driver, "j", "a")
        press(driver, "m", "梆硬")
        assert "1 / 2" in said(driver, "missed-place") or "2 / 2" in said(driver, "missed-place")
        press(driver, Keys.ENTER, "坚硬", Keys.TAB, Keys.SPACE, Keys.ENTER)
        settled(driver)
        expected = (
            "手机[-改版-]{+升级+}很快，王获得先生也说[-梆硬-]{+坚硬+}。\n他[-不存在-]{+存在+}问题。\n"
            "而且[-获得-]{+取得+}[-多余-]{++}资料，[-梆硬-]{+坚硬+}得很。\n"
        )
        assert marks(texts[0]) == expected
        assert restored(texts[0]) == "手机升级很快，王获得先生也说坚硬。\n他存在问题。\n而且取得资料，坚硬得很。\n"
        assert said(driver, "saved") == "已保存 7 / 7"
        # What was decided is gold for `despin eval` as it is.
        document = read_set(f"{texts[0]}.wdiff").documents[0]
        assert document.text == TEXT
        assert all(mark.scored for mark in document.gold or ())
        # Undo takes back both marked words at once, and then what came before.
        press(driver, "u")
        settled(driver)
        assert "坚硬" not in marks(texts[0])
        press(driver, "u", "u", "u", "u", "u")
        settled(driver)
        assert wdiff.read(marks(texts[0])).gold == tuple(
            wdiff.GoldEdit(one.start, one.end, one.originals, False) for one in wdiff.read(marks(texts[0])).gold
        )
        press(driver, "]")
        wait(lambda: driver.current_url.endswith("d/2"), "the next text")
        ready(driver)
        assert page.states()[0]["decided"] == 0


def test_a_whole_review_by_mouse(driver: Any, texts: list[Path]) -> None:
    from selenium.webdriver import ActionChains

    with serving(texts) as (page, _):
        driver.get(page.address)
        driver.find_elements("css selector", "#list a")[0].click()
        ready(driver)
        words = driver.find_elements("css selector", ".text b.e")
        words[0].click()
        driver.find_elements("css selector", "#others button")[1].click()
        words[1].click()
        driver.find_element("id", "reject-all").click()  # 获得 → 拿到, both times
        words[2].click()
        driver.find_element("id", "accept").click()
        # Select the missed word with the mouse.
        line = driver.find_elements("css selector", ".text p")[2]
        driver.execute_script(
            "const text = arguments[0].lastChild; const at = text.data.indexOf('梆硬'); getSelection().setBaseAndExtent(text, at, text, at + 2)",
            line,
        )
        ActionChains(driver).click(driver.find_element("id", "mark")).perform()
        assert driver.find_element("id", "missed-spun").get_attribute("value") == "梆硬"
        driver.switch_to.active_element.send_keys("坚硬")
        driver.find_element("id", "missed-done").click()
        driver.find_element("id", "rest").click()
        driver.find_element("id", "ask-yes").click()
        settled(driver)
        assert marks(texts[0]) == (
            "手机[-改版-]{+修改+}很快，王获得先生也说梆硬。\n他[-不存在-]{+存在+}问题。\n"
            "而且获得[-多余-]{++}资料，[-梆硬-]{+坚硬+}得很。\n"
        )
        driver.find_element("id", "undo").click()
        settled(driver)
        assert "{+?+}" in marks(texts[0])
        driver.find_element("id", "to-list").click()
        wait(lambda: "已决定 5" in said(driver, "sum"), "progress in the list")


def test_a_marked_word_takes_the_place_of_edits_and_gives_it_back(driver: Any, texts: list[Path]) -> None:
    from selenium.webdriver.common.keys import Keys

    with serving(texts) as (page, _):
        show(driver, page.address + "d/1")
        press(driver, "m", "而且获得多余资料", Keys.ENTER, "而拿来资料", Keys.ENTER)
        settled(driver)
        assert "[-而且获得多余资料-]{+而拿来资料+}，" in marks(texts[0])
        assert driver.find_element("id", "count").text.startswith("4 / 4")
        press(driver, "u")
        settled(driver)
        assert "而且[-获得-]{+?拿到+}[-多余-]{+?+}资料" in marks(texts[0])
        assert [one.text for one in driver.find_elements("css selector", ".text b.e")][3] == "拿到"


def test_a_text_without_edits(driver: Any, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    path = tmp_path / "a.txt"
    path.write_text("石头梆硬。\n\n没有别的。", "utf-8")
    with serving([path]) as (page, _):
        show(driver, page.address + "d/1")
        press(driver, "j", "a", "u", "A", "m", "梆硬", Keys.ENTER, "坚硬", Keys.ENTER)
        settled(driver)
        assert marks(path) == "石头[-梆硬-]{+坚硬+}。\n\n没有别的。"
        press(driver, "r")
        settled(driver)
        assert marks(path) == "石头梆硬。\n\n没有别的。"
        press(driver, "u")
        settled(driver)
        assert restored(path) == "石头坚硬。\n\n没有别的。"


def test_a_review_goes_on_after_the_tab_and_the_server_are_gone(driver: Any, texts: list[Path]) -> None:
    from selenium.webdriver.common.keys import Keys

    with serving(texts) as (page, _):
        show(driver, page.address + "d/1")
        press(driver, "j", "a", "r", "m", "梆硬", Keys.ENTER, "坚硬", Keys.ENTER)
        settled(driver)
        before = marks(texts[0])
        driver.refresh()
        ready(driver)
        assert said(driver, "saved") == "已保存 3 / 6"
    with serving(texts) as (page, _):
        show(driver, page.address + "d/1")
        assert said(driver, "saved") == "已保存 3 / 6"
        assert [one.text for one in driver.find_elements("css selector", ".text b.e")][:2] == ["更新", "获得"]
        press(driver, "a")
        settled(driver)
        press(driver, "u")
        settled(driver)
        assert marks(texts[0]) == before
        press(driver, "u")  # the marked word; what stood below it is the server's to say
        wait(lambda: "坚硬" not in marks(texts[0]), "the marked word is gone")
        wait(lambda: driver.execute_script("return document.querySelectorAll('.m').length") == 0, "the page shows it")


def test_two_tabs_do_not_overwrite_each_other(driver: Any, texts: list[Path]) -> None:
    with serving(texts) as (page, _):
        show(driver, page.address + "d/1")
        first = driver.current_window_handle
        driver.switch_to.new_window("tab")
        second = driver.current_window_handle
        show(driver, page.address + "d/1")
        press(driver, "j", "r")
        settled(driver)
        driver.switch_to.window(first)
        press(driver, "j", "j", "a")
        wait(lambda: driver.find_element("id", "conflict").is_displayed(), "the conflict is said")
        assert "别的标签页" in said(driver, "conflict-said")
        assert "改版很快" in marks(texts[0])
        driver.find_element("id", "conflict-load").click()
        wait(lambda: driver.find_elements("id", "apply-again"), "what was not saved is offered again")
        ready(driver)
        driver.find_element("id", "apply-again").click()
        settled(driver)
        assert marks(texts[0]).startswith("手机改版很快，王[-获得-]{+拿到+}先生")
        driver.switch_to.window(second)
        driver.close()
        driver.switch_to.window(first)


def test_a_text_that_changes_meanwhile_is_read_again(driver: Any, texts: list[Path]) -> None:
    with serving(texts) as (page, _):
        show(driver, page.address + "d/1")
        press(driver, "j", "a")
        settled(driver)
        texts[0].write_text("新的开头。\n" + TEXT, "utf-8")
        press(driver, "r")
        wait(lambda: driver.find_element("id", "conflict").is_displayed(), "the conflict is said")
        driver.find_element("id", "conflict-load").click()
        wait(lambda: driver.find_elements("id", "apply-again"), "what was not saved is offered again")
        ready(driver)
        assert "已保存 1 / 5" in said(driver, "saved")
        assert here(driver) == "拿到"
        press(driver, "r")
        settled(driver)
        assert marks(texts[0]).startswith("新的开头。\n手机[-改版-]{+更新+}很快，王获得先生")
        assert Path(f"{texts[0]}.wdiff.old").read_text("utf-8").startswith("手机[-改版-]")


def test_hostile_texts_do_nothing(driver: Any, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    path = tmp_path / "<img src=x onerror=\"document.title='x'\">.txt"
    text = "<script>document.title='x'</script>改版</script>\u202e反\u2066\u200b[-a-]{+b|?c+}\\获得\\ 𠮷改版&lt;梆硬。\r\n二\r三"
    path.write_bytes(text.encode())
    with serving([path]) as (page, _):
        show(driver, page.address + "d/1")
        title = driver.title
        press(
            driver,
            "j",
            "a",
            "e",
            "<b>|[-x",
            Keys.ENTER,
            "j",
            "r",
            "m",
            "梆硬",
            Keys.ENTER,
            "</script><script>document.title='x'</script>",
            Keys.ENTER,
        )
        settled(driver)
        assert driver.title == title
        sample = wdiff.read(Path(f"{path}.wdiff").read_bytes().decode())
        assert sample.spun == text
        assert sample.gold[1].originals == ("<b>|[-x",)
        driver.refresh()
        ready(driver)
        driver.get(page.address)
        assert driver.execute_script("return document.querySelectorAll('img').length") == 0


def test_an_entry_by_keyboard_after_a_look_at_what_it_changes(driver: Any, texts: list[Path]) -> None:
    from selenium.webdriver.common.keys import Keys

    with serving(texts) as (page, _):
        show(driver, page.address + "d/1")
        press(driver, "m", "梆硬", Keys.ENTER, "坚硬", Keys.ENTER, "l", Keys.ENTER)
        wait(lambda: driver.find_element("id", "entry-write").is_enabled(), "what it changes")
        assert "2 篇文章中改变 4 处" in said(driver, "entry-said")
        assert len(driver.find_elements("css selector", "#entry-changes li")) == 4
        press(driver, Keys.ENTER)
        wait(lambda: "despin.yaml" in said(driver, "notices"), "the page comes again and says so")
        ready(driver)
        assert "梆硬: 坚硬" in (texts[0].parent / "despin.yaml").read_text("utf-8")
        assert driver.find_element("id", "count").text.endswith("/ 7 处，已决定 1")
        # What is no entry is said.
        press(driver, "l", Keys.DELETE, "梆硬", Keys.ENTER)
        wait(lambda: said(driver, "entry-said"), "why it is no entry")
        assert not driver.find_element("id", "entry-write").is_enabled()


def test_a_protected_word_by_keyboard(driver: Any, texts: list[Path]) -> None:
    from selenium.webdriver.common.keys import Keys

    with serving(texts) as (page, _):
        show(driver, page.address + "d/1")
        press(driver, "j", "j", "p", "王获得")
        wait(lambda: "2 篇文章中有 2 处" in said(driver, "guard-said"), "what it touches")
        press(driver, Keys.ENTER)
        wait(
            lambda: "despin-protect.txt" in said(driver, "notices"),
            "the page comes again and says so",
        )
        ready(driver)
        assert "王获得先生" in marks(texts[0])
        assert "王获得先生" in marks(texts[1])
        press(driver, "u")
        settled(driver)
        assert "王[-获得-]{+?拿到+}先生" in marks(texts[0])


def test_a_word_is_looked_up_and_its_places_lead_back(driver: Any, texts: list[Path]) -> None:
    with serving(texts) as (page, _):
        show(driver, page.address + "d/1")
        press(driver, "j", "i")
        first = driver.current_window_handle
        wait(lambda: len(driver.window_handles) == 2, "the page of the word")
        driver.switch_to.window(next(one for one in driver.window_handles if one != first))
        wait(lambda: driver.find_elements("css selector", "h2"), "the word")
        assert driver.find_element("css selector", "h2").text == "改版"
        driver.find_elements("partial link text", "b.txt")[0].click()
        ready(driver)
        assert driver.current_url.endswith("d/2#at-2")
        assert here(driver) == "更新"
        driver.close()
        driver.switch_to.window(first)


#: What is wrong with names, labels, ids and contrast of what is seen: a list of sentences.
LOOK = """
    const wrong = [];
    const ids = Array.from(document.querySelectorAll("[id]")).map((e) => e.id);
    for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) wrong.push(`two elements are ${id}`);
    for (const e of document.querySelectorAll("[aria-labelledby]")) if (!document.getElementById(e.getAttribute("aria-labelledby"))) wrong.push(`no label for ${e.id}`);
    for (const e of document.querySelectorAll("label[for]")) if (!document.getElementById(e.htmlFor)) wrong.push(`a label for ${e.htmlFor}`);
    const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
    const parse = (c) => { const [r, g, b, a = 1] = c.match(/[\\d.]+/g).map(Number); return [[r, g, b], a]; };
    const behind = (e) => {
      const layers = [];
      for (let one = e; one; one = one.parentElement) layers.push(parse(getComputedStyle(one).backgroundColor));
      let [base] = [[255, 255, 255]];
      for (const [c, a] of layers.reverse()) base = base.map((v, i) => v * (1 - a) + c[i] * a);
      return base;
    };
    for (const e of document.querySelectorAll("body *")) {
      if (!Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      if (e.matches(":disabled, .hidden, script, style, option") || e.closest(".hidden, .skip")) continue;
      const [a, b] = [light(parse(getComputedStyle(e).color)[0]), light(behind(e))].sort((x, y) => y - x);
      const ratio = (a + .05) / (b + .05);
      if (ratio < 4.5) wrong.push(`${e.tagName}.${e.className} ${e.textContent.slice(0, 12)}: ${ratio.toFixed(2)}`);
    }
    return wrong;
"""


def test_names_labels_and_contrast_light_and_dark(driver: Any, texts: list[Path]) -> None:
    from selenium.webdriver.common.keys import Keys

    with serving(texts) as (page, _):
        try:
            for scheme in ("light", "dark"):
                media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
                driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
                driver.get(page.address)
                assert driver.execute_script(LOOK) == []
                show(driver, page.address + "d/1")
                press(driver, "j", "a", "r")
                settled(driver)
                assert driver.execute_script(LOOK) == []
                for key in ("m", "l", "p"):
                    press(driver, key)
                    assert driver.execute_script(LOOK) == []
                    for control in driver.find_elements("css selector", "dialog[open] :is(button, select, input)"):
                        assert control.accessible_name
                    # The focus stays in the dialog and comes back.
                    assert driver.execute_script("return Boolean(document.activeElement.closest('dialog'))")
                    press(driver, Keys.ESCAPE)
                    assert driver.execute_script("return document.querySelector('dialog[open]') === null")
                for control in driver.find_elements(
                    "css selector", ".bar :is(button, select, input, progress, a[href])"
                ):
                    assert control.accessible_name
                assert driver.execute_script("return document.querySelectorAll('.text [tabindex=\"0\"]').length") == 1
        finally:
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


def test_there_is_room_on_narrow_screens(driver: Any, texts: list[Path]) -> None:
    with serving(texts) as (page, _):
        try:
            for width in (320, 390, 800, 1200):
                size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
                driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
                for path in ("", "d/1"):
                    driver.get(page.address + path)
                    assert driver.execute_script("return document.documentElement.scrollWidth") <= width
        finally:
            driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_book_is_shown_at_once_and_scrolls(driver: Any, tmp_path: Path) -> None:
    """300,000 characters with 20,000 edits. The bounds have room for a busy machine; docs/review.md has what was measured."""
    line = "这里有一个改版句子，里面获得一些词，还有一些词，读起来都平常罢了。\n"
    path = tmp_path / "book.txt"
    path.write_text(line * 10_000, "utf-8")
    with serving([path]) as (page, _):
        assert page.states()[0]["total"] == 20_000
        show(driver, page.address + "d/1")
        paint = driver.execute_script("return performance.getEntriesByName('first-contentful-paint')[0].startTime")
        assert paint < 5000
        stall = driver.execute_async_script(
            """
            const done = arguments[0];
            const stalls = [];
            new PerformanceObserver((list) => stalls.push(...list.getEntries().map((one) => one.duration))).observe({ entryTypes: ["longtask"] });
            let frames = 0;
            const step = () => {
              scrollBy(0, 900);
              if (++frames < 60) requestAnimationFrame(step);
              else setTimeout(() => done(Math.max(0, ...stalls)), 100);
            };
            step();
            """
        )
        assert stall < 1500
        press(driver, "j", "a", "r", "A")
        settled(driver)
        assert page.states()[0]["decided"] > 9000
        assert wdiff.read(marks(path)).spun == path.read_text("utf-8")


#: What the page shows of each edit.
SHOWN = """
    return JSON.stringify(Array.from(document.querySelectorAll(".text b.e")).map((e) => [
      Number(e.dataset.o), ...["ok", "no", "own", "m"].map((name) => e.classList.contains(name)), e.textContent,
    ]));
"""
#: A key, or a word marked with the mouse or an original written: arguments are what to do and three numbers.
STEP = """
    const [key, a, b, c] = arguments;
    const fire = (key, target) =>
      (target ?? document.activeElement).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    const byId = (id) => document.getElementById(id);
    if (key === "mark") {
      const lines = document.querySelectorAll(".text p");
      const walker = document.createTreeWalker(lines[c % lines.length], NodeFilter.SHOW_TEXT);
      const nodes = [];
      while (walker.nextNode()) nodes.push(walker.currentNode);
      const total = nodes.reduce((sum, node) => sum + node.data.length, 0);
      const at = (place) => {
        for (const node of nodes) {
          if (place <= node.data.length) return [node, place];
          place -= node.data.length;
        }
      };
      getSelection().setBaseAndExtent(...at(a % total), ...at(Math.min(total, (a % total) + 1 + (b % 6))));
      fire("m");
      if (!byId("missed").open) return;
      byId("missed-original").value = ["甲", "乙丙", ""][b % 3];
      byId("missed-all").checked = a % 5 === 0;
      byId("missed").querySelector("form").requestSubmit();
      byId("missed").close();
    } else if (key === "e") {
      fire("e");
      if (document.activeElement !== byId("own")) return;
      byId("own").value = ["子", "丑寅", "获得"][a % 3];
      fire("Enter", byId("own"));
    } else fire(key);
"""


@pytest.mark.parametrize("seed", range(3))
def test_the_page_and_the_files_say_the_same_after_random_decisions(driver: Any, tmp_path: Path, seed: int) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(f"𠮷{TEXT}多余\u202e的改版获得𠮷。\r\n而且\n".encode() * 3)
    chance = random.Random(seed)
    with serving([path]) as (page, _):
        for _ in range(2):
            show(driver, page.address + "d/1")
            for _ in range(40):
                key = chance.choice(["j", "j", "k", "a", "r", "1", "2", "u", "u", "A", "R", "mark", "mark", "e"])
                driver.execute_script(STEP, key, *(chance.randrange(1000) for _ in range(3)))
            wait(lambda: driver.execute_script("return document.body?.dataset.unsaved ?? '0'") == "0", "not saved")
            # Undoing what was there when the page came loads it again.
            time.sleep(0.3)
            ready(driver)
            before = driver.execute_script(SHOWN)
            driver.refresh()
            ready(driver)
            assert driver.execute_script(SHOWN) == before
    with serving([path]) as (page, _):
        show(driver, page.address + "d/1")
        assert driver.execute_script(SHOWN) == before


#: Types keys as fast as a page takes them, and notes what the server said it saved.
TYPING = """
    const ask = window.fetch;
    window.acknowledged = [];
    window.fetch = async (address, options) => {
      const answer = await ask(address, options);
      if (!answer.ok) return answer;
      const text = await answer.text(); // fails where the server was killed in the midst of it
      window.acknowledged.push(...JSON.parse(options.body).groups);
      return new Response(text);
    };
    const keys = [..."jararraarjA"];
    let at = 0;
    window.typing = setInterval(() => {
      document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: keys[at++ % keys.length], bubbles: true }));
    }, 4);
"""


def started(path: Path) -> tuple[subprocess.Popen[str], str]:
    """`despin review` with a restorer that has no model, and its address."""
    command = [sys.executable, str(ROOT / "tests" / "kit" / "batch_stub.py"), "review", str(path), "--no-browser"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "kit")])}
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert server.stdout is not None
    return server, server.stdout.readline().strip()


def journal(path: Path) -> list[Any]:
    """The groups of decisions on disk; a last line that was cut off does not count."""
    file = Path(f"{path}.review")
    return [json.loads(line) for line in file.read_bytes().split(b"\n")[1:-1]] if file.exists() else []


def test_every_decision_that_was_shown_as_saved_outlives_a_killed_server(driver: Any, tmp_path: Path) -> None:
    """At twenty moments, while the page goes on typing; every second review goes on from the one before."""
    path = tmp_path / "a.txt"
    path.write_text("数据经由过程旌旗灯号线传送，不存在问题。\n" * 60, "utf-8")
    chance = random.Random(7)
    seen = 0
    for moment in range(20):
        before = len(journal(path))
        server, address = started(path)
        try:
            show(driver, address + "d/1")
            driver.execute_script(TYPING)
            time.sleep(0.02 + 0.6 * chance.random())
        finally:
            server.send_signal(signal.SIGKILL)
            server.communicate()
        driver.execute_script("clearInterval(window.typing)")
        wait(lambda: "…" not in said(driver, "saved"), "the page says how it stands")
        acknowledged = driver.execute_script("return window.acknowledged")
        assert int(driver.execute_script("return document.body.dataset.saved ?? 0")) == len(acknowledged)
        seen += len(acknowledged)
        kept = journal(path)[before:]
        assert [[row[:3] for row in group["put"]] for group in kept[: len(acknowledged)]] == [
            [row[:3] for row in group["put"]] for group in acknowledged
        ]
        if acknowledged:
            gold = {(mark.start, mark.end): mark.scored for mark in wdiff.read(marks(path)).gold}
            latest = {(row[0], row[1]): row[2] for group in acknowledged for row in group["put"]}
            later = {(row[0], row[1]) for group in kept[len(acknowledged) :] for row in group["put"]}
            for span, kind in latest.items():
                assert span in later or gold.get(span) is (True if kind == "accept" else None)
            assert restored(path).count("\n") == 60
        if moment % 2:
            for name in (".review", ".wdiff", ".restored"):
                Path(f"{path}{name}").unlink(missing_ok=True)
    assert seen > 100
