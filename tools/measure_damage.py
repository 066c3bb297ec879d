"""Measures whether what tools put between the characters of a text is taken out: `python -m tools.measure_damage --help`.

Clean texts (JSON lines with `text`) are damaged: pinyin in brackets as tools of several makes write it, two random characters
before marks, the name of a site for 我们 (where that stands four times and more). Printed, by way, are the texts, the share of
them that come back whole, and the share that come back in part; then how many of them are changed as they stand.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from pypinyin import Style, pinyin

from despin.damage.noise import repair_noise
from despin.damage.pinyin import repair_pinyin
from despin.damage.site_name import repair_site_name
from despin.errors import DespinError
from despin.lm.ngram import LanguageModel
from despin.results import Edit, apply
from despin.text.traditional import tables

_HAN = re.compile("[\u4e00-\u9fff]")
#: What a tool draws from: the characters of GB 2312 that are written most.
LEVEL = "".join(bytes([0xB0 + row, 0xA1 + column]).decode("gb2312") for row in range(20) for column in range(94))
NAMES = ("万通机械网", "华东阀门公司", "小艾美食之家", "天成工业平台", "星辰在线", "汇丰商城", "东方集团", "江南纺织厂")


class Make(NamedTuple):
    """How a tool writes: whether with tones, behind which characters of a line (a `sample`, those `turned`, or `all`),
    so often as the sample holds them, traditional, in full-width brackets, and which share of them it draws."""

    tones: bool = True
    behind: str = "sample"
    repeated: bool = False
    traditional: bool = False
    wide: bool = False
    share: float = 0.2


MAKES = {
    "turned characters alone": Make(behind="turned", traditional=True),
    "traditional, with tones": Make(traditional=True),
    "traditional, repeated, without tones": Make(False, repeated=True, traditional=True),
    "traditional, without tones": Make(False, traditional=True, wide=True),
    "simplified, with tones": Make(wide=True),
    "simplified, without tones": Make(False),
    "simplified, repeated, without tones": Make(False, repeated=True, wide=True),
    "simplified, repeated, with tones": Make(repeated=True),
    "simplified, few": Make(share=0.08),
    "simplified, many": Make(share=0.4),
}


@cache
def reading(character: str, tones: bool = True) -> str:
    """The commonest reading of a character."""
    return pinyin(character, style=Style.TONE if tones else Style.NORMAL)[0][0]


def clone(text: str, make: Make, chance: random.Random) -> str:
    """`text` as a tool of this make writes it."""
    lines = []
    for line in text.split("\n"):
        turned = "".join(tables().traditional_of.get(one, one) for one in line) if make.traditional else line
        places = [place for place, character in enumerate(line) if _HAN.match(character)]
        if make.behind == "all":
            drawn = places
        elif make.behind == "turned":
            drawn = [place for place in places if turned[place] != line[place] and chance.random() < 0.6]
        else:
            drawn = chance.choices(places, k=1 + round(make.share * len(places))) if places else []
        times: dict[str, int] = {}
        for place in drawn:
            times[line[place]] = times.get(line[place], 0) + 1
        pieces = []
        for plain, character in zip(line, turned, strict=True):
            pieces.append(character)
            if plain in times:
                bracket = "（{}）" if make.wide else "({})"
                pieces.append(bracket.format(reading(plain, make.tones)) * (times[plain] if make.repeated else 1))
        lines.append("".join(pieces))
    return "\n".join(lines)


def noisy(text: str, chance: random.Random, share: float) -> str:
    """`text` with two random characters before such a share of its marks."""
    pieces = []
    for character in text:
        if character in "，。；、" and chance.random() < share:
            pieces += chance.choices(LEVEL, k=2)
        pieces.append(character)
    return "".join(pieces)


def named(text: str, chance: random.Random) -> str:
    """`text` with a name for 我们, where that stands often enough."""
    return text.replace("我们", chance.choice(NAMES)) if text.count("我们") >= 4 else text


def _cloned(make: Make, text: str, chance: random.Random) -> str:
    return clone(text, make, chance)


#: Ways to damage a text, each with what takes that back.
Way = tuple[Callable[[str, random.Random], str], Callable[[str, LanguageModel], list[Edit]]]
WAYS: dict[str, Way] = {
    **{f"pinyin, {name}": (partial(_cloned, make), repair_pinyin) for name, make in MAKES.items()},
    **{
        f"noise, {share}": (partial(noisy, share=share), partial(repair_noise, least=0.0)) for share in (0.5, 0.7, 0.95)
    },
    "site name": (named, partial(repair_site_name, least=0.0)),
}


def row(way: str, texts: Sequence[str], model: LanguageModel) -> str:
    """The figures of a way as a line of the table."""
    damage, repair = WAYS[way]
    pages = [(text, damage(text, random.Random(number))) for number, text in enumerate(texts)]
    found = [(text, page, repair(page, model)) for text, page in pages if page != text]
    whole = sum(apply(page, edits) == text for text, page, edits in found)
    some, changed = sum(bool(edits) for _, _, edits in found), sum(bool(repair(text, model)) for text in texts)
    return f"{way:<45} {len(found):>6} {whole / max(1, len(found)):6.3f} {some / max(1, len(found)):6.3f} {changed:>7}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; returns 0, or 1 for a file that cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m tools.measure_damage", description=__doc__)
    parser.add_argument("clean", nargs="+", type=Path, help="JSON lines with text")
    parser.add_argument("--part", default="0/1", metavar="I/N", help="texts number I, I+N, I+2N ... of each file")
    parser.add_argument("--most", type=int, default=100, metavar="N", help="so many texts of each file at most")
    args = parser.parse_args(argv)
    part, parts = map(int, args.part.split("/"))
    try:
        model = LanguageModel()
        rows = [path.read_text("utf-8").splitlines()[part::parts][: args.most] for path in args.clean]
        texts = [str(json.loads(line)["text"])[:1500] for lines in rows for line in lines]
        print(f"{'way':<45} {'texts':>6} {'whole':>6} {'found':>6} {'changed':>7}")
        for way in WAYS:
            print(row(way, texts, model), flush=True)
    except (DespinError, OSError, ValueError, KeyError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
