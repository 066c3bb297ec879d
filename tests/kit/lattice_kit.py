"""Random texts with edits that overlap, for lattices."""

from __future__ import annotations

from hypothesis import strategies as st

from despin.kernel.types import Arc

WORDS = (
    "通过",
    "经由过程",
    "过程",
    "应用",
    "使用",
    "利用",
    "现在",
    "如今",
    "出现",
    "口实",
    "接口",
    "实现",
    "大",
    "年夜",
    "不",
    "会",
)


#: Longer than `Search.crossing`: a word only where nothing in it is edited.
LONG = ("何乐而不为", "碳水化合物")
TEXTS = st.lists(
    st.one_of(st.sampled_from(WORDS), st.sampled_from(LONG), st.sampled_from("，。的a\n\0☃用过在")),
    min_size=1,
    max_size=4,
)


@st.composite
def stretches(draw: st.DrawFn) -> tuple[str, list[Arc], list[float], str]:
    """A short text, a few arcs over it, their odds, and the word before."""
    text = "".join(draw(TEXTS))[:8]
    arcs: list[Arc] = []
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, min(len(text), start + 4)))
        original = draw(
            st.one_of(st.sampled_from((*WORDS, *LONG, "", "，", "的☃", "程现")), st.text("通过在用实", max_size=3))
        )
        if all((start, end, original) != (arc.start, arc.end, arc.original) for arc in arcs):
            arcs.append(Arc(start, end, original))
    odds = draw(st.lists(st.floats(1e-6, 1e4), min_size=len(arcs), max_size=len(arcs)))
    return text, arcs, odds, draw(st.sampled_from(["", "。"]))
