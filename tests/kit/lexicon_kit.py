"""Lexicons as texts: one with every form and field, and large ones."""

from __future__ import annotations

import re

import pytest
import yaml

from despin.lexicon import parse as parse_room
from despin.lexicon.parse import Parsed
from despin.lexicon.source import SourceText

EVERYTHING = """\
family: sample
title: a family for tests
about: >-
  Two lines
  of text.
recognise: by its name
sources: [hand, head]
licence: CC0-1.0
pack: true
beside: other
program: {name: synonyms, rank: 2}
variants:
  few-flags: {flags: [a, ad, v]}
  nouns: synonyms-nouns
  drawn: {rank: [1, 2, 3], seed: 7}
opposites: [买 卖, 上升 下降]
entries:
  经由过程: 通过
  首要: [主要, 重要]
  应用: {使用: 36, 利用: 2.5}
  的话: ""
  不存在: {original: 存在, flips: true, source: attested, examples: ["问题[-不存在-]{+存在+}于此"]}
  口实:
    original: {话柄: 2}
    keep: {before: [找个, 借], after: 而已}
    only: {after: [的]}
    status: candidate
    reason: seen once
  旧词: {status: retired, reason: too common}
  "no": [否, 010, 12:30:45]
  ~: 空
  010: 10
"""


def large_lexicon(count: int) -> str:
    """A lexicon of `count` entries in all forms."""
    lines = ["family: large", "entries:"]
    for number in range(count):
        spun = "".join(chr(0x4E00 + (number // 140**place) % 140) for place in range(3))
        lines.append(
            f"  {spun}: "
            + ("通过", "[通过, 主要]", "{通过: 3, 主要: 1}", f'{{original: 主要, examples: ["[-{spun}-]{{+主要+}}"]}}')[
                number % 4
            ]
        )
    return "\n".join(lines) + "\n"


def parsed_slowly(source: SourceText) -> Parsed:
    """What `parse` finds where no line is read without YAML."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parse_room, "_LINE", re.compile("(?!)"))
        return parse_room.parse(source)


def parsed_by_python(source: SourceText) -> Parsed:
    """What `parse` finds with PyYAML's own parser instead of the C one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return parse_room.parse(source)
