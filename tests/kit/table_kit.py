"""Table programs by hand, as public code writes them: what the programs of `despin.spinners.table` are held against."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Sequence

from despin.spinners.rows import TableRow

#: A mark of three-pass swaps, and of protected rows.
MARK = "\U0010fffe"
ALPHABET = "中国人民大学生a1"
PHP = shutil.which("php")

#: What the programs are in PHP, from which they are known: rows are [word, target, both ways].
_SCRIPT = r"""<?php
function alternation($text, $map, $once) {
    unset($map[""]);
    if (!$map) return $text;
    $used = [];
    $words = implode("|", array_map(fn($word) => preg_quote((string)$word, "/"), array_keys($map)));
    return preg_replace_callback("/$words/u", function ($found) use ($map, $once, &$used) {
        if ($once && isset($used[$found[0]])) return $found[0];
        $used[$found[0]] = true;
        return $map[$found[0]];
    }, $text);
}
function run($name, $rows, $text) {
    $map = [];
    foreach ($rows as [$word, $target, $both])
        if ($name == "strtr-last" || !isset($map[$word])) $map[$word] = $target;
    if ($name == "strtr-first" || $name == "strtr-last" || $name == "strtr-oldest") return strtr($text, $map);
    if ($name == "list-order") return alternation($text, $map, false);
    if ($name == "first-occurrence") {
        uksort($map, fn($a, $b) => mb_strlen2($b) - mb_strlen2($a));
        return alternation($text, $map, true);
    }
    if ($name == "protected") {
        $back = [];
        foreach ($rows as $number => [$word, $target, $both]) {
            $mark = "\xf3" . chr(0xb0 + intdiv($number, 4096)) . chr(0x80 + intdiv($number, 64) % 64) . chr(0x80 + $number % 64);
            $text = str_replace($word, $mark, $text);
            $back[$mark] = $target;
        }
        return strtr($text, $back);
    }
    foreach ($rows as [$word, $target, $both]) {
        if ($name == "cascade" || !$both || $target === "") $text = str_replace($word, $target, $text);
        elseif ($name == "swap") $text = strtr($text, [$word => $target, $target => $word]);
        else {
            $text = str_replace($word, "\xf4\x8f\xbf\xbe", $text);
            $text = str_replace($target, $word, $text);
            $text = str_replace("\xf4\x8f\xbf\xbe", $target, $text);
        }
    }
    return $text;
}
function mb_strlen2($word) { return preg_match_all("/./us", (string)$word); }
$answers = [];
foreach (json_decode(stream_get_contents(STDIN), true) as [$name, $rows, $text]) $answers[] = run($name, $rows, $text);
echo json_encode($answers, JSON_UNESCAPED_UNICODE);
"""

#: A program, its rows, a text.
Case = tuple[str, Sequence[TableRow], str]


def cases(names: Sequence[str], count: int, seed: int) -> list[Case]:
    """Random tables and texts of few characters, so that words overlap, hold one another and come again."""
    draw = random.Random(seed)

    def word(longest: int) -> str:
        return "".join(draw.choice(ALPHABET) for _ in range(draw.randint(1, longest)))

    found: list[Case] = []
    for number in range(count):
        rows = [
            TableRow(word(3), word(3) if draw.random() < 0.93 else "", draw.random() < 0.5)
            for _ in range(draw.randint(0, 12))
        ]
        text = "".join(draw.choice(ALPHABET + "，。") for _ in range(draw.randint(0, 40)))
        found.append((names[number % len(names)], rows, text))
    return found


def by_php(wanted: Sequence[Case]) -> list[str]:
    """What PHP makes of each case."""
    assert PHP is not None
    asked = json.dumps([[name, [row[:3] for row in rows], text] for name, rows, text in wanted])
    # PHP reads the script from a file descriptor of its own, since standard input holds the cases.
    ran = subprocess.run(
        [PHP, "-r", _SCRIPT.removeprefix("<?php")], input=asked.encode(), capture_output=True, check=True
    )
    answers: list[str] = json.loads(ran.stdout)
    return answers


def by_hand(name: str, rows: Sequence[TableRow], text: str) -> str:
    """The same in plain Python, one replacement after the other."""
    targets: dict[str, str] = {}
    for row in rows:
        if name == "strtr-last" or row.key not in targets:
            targets[row.key] = row.target
    if name.startswith("strtr") or name in ("list-order", "first-occurrence"):
        order = [row.key for row in rows]
        return _one_pass(text, targets, order if name == "list-order" else None, once=name == "first-occurrence")
    if name == "protected":
        for number, row in enumerate(rows):
            text = text.replace(row.key, chr(0xF0000 + number))
        for number, row in enumerate(rows):
            text = text.replace(chr(0xF0000 + number), row.target)
        return text
    for row in rows:
        if name == "cascade" or not row.both or not row.target:
            text = text.replace(row.key, row.target)
        elif name == "swap":
            text = _one_pass(text, {row.key: row.target, row.target: row.key}, None, once=False)
        else:
            text = text.replace(row.key, MARK).replace(row.target, row.key).replace(MARK, row.target)
    return text


def _one_pass(text: str, targets: dict[str, str], order: Sequence[str] | None, *, once: bool) -> str:
    written, place, used = "", 0, set[str]()
    while place < len(text):
        words = [word for word in targets if text.startswith(word, place)]
        if not words:
            written, place = written + text[place], place + 1
            continue
        word = max(words, key=len) if order is None else min(words, key=order.index)
        written += word if once and word in used else targets[word]
        used.add(word)
        place += len(word)
    return written
