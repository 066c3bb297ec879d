"""M2 output: sentences, offsets and kinds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from despin.results import Edit, apply
from despin.text import m2

NOOP = "A -1 -1|||noop|||-NONE-|||REQUIRED|||-NONE-|||0"


def edit(text: str, spun: str, original: str) -> Edit:
    start = text.index(spun)
    return Edit(start, start + len(spun), spun, original, 0.9)


def test_blocks() -> None:
    text = "没有。甲经由过程乙!\r\n\n这 赘里"
    edits = [edit(text, "经由过程", "通过"), edit(text, "赘", ""), Edit(len(text), len(text), "", "了", 0.9)]
    assert m2.write(text, edits) == (
        f"S 没 有 。\n{NOOP}\n\n"
        "S 甲 经 由 过 程 乙 !\nA 1 5|||S|||通 过|||REQUIRED|||-NONE-|||0\n\n"
        "S 这 ␣ 赘 里\nA 2 3|||R|||-NONE-|||REQUIRED|||-NONE-|||0\nA 4 4|||M|||了|||REQUIRED|||-NONE-|||0\n\n"
    )


def test_an_edit_over_a_full_stop_joins_its_sentences() -> None:
    text = "他说。然后走了。好"
    blocks = m2.write(text, [Edit(2, 3, "。", ",", 0.9)]).split("\n\n")
    assert blocks[0].startswith("S 他 说 。 然 后 走 了 。\nA 2 3|||S|||,|||")


@given(st.text("甲乙。!\n\r 的", max_size=30), st.data())
def test_every_edit_comes_back_at_its_place(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    edits = [Edit(a, b, text[a:b], "新", 0.9) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    read = []
    for block in m2.write(text, edits).split("\n\n"):
        head, *lines = block.split("\n")
        tokens = head.removeprefix("S ").split(" ") if head.removeprefix("S ").strip() else []
        for line in lines:
            if "noop" not in line:
                start, end = map(int, line.split("|||")[0].split()[1:])
                assert 0 <= start <= end <= max(len(tokens), 1)
                read.append("".join(tokens[start:end]))
    assert read == ["".join("␣" if c.isspace() else c for c in edit.spun) for edit in edits]
    assert apply(text, edits).count("新") == len(edits)
