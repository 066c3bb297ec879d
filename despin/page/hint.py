"""Whether a text looks like a whole page, told without reading the patterns: for a word to the user."""

from __future__ import annotations

import re
from itertools import islice

_TELLING = re.compile(
    r"^[^\n]{0,40}?(?:版权所有|copyright|©|all rights reserved|ICP备)"
    r"|^[-· \t]{0,4}(?:[上下]一[篇条页章]\s*[:：]"
    r"|(?:相关|推荐|热门|最新|延伸|猜你)(?:文章|阅读|推荐|资讯|新闻|喜欢)\s*[:：]?$"
    r"|(?:本文|文章|信息)(?:来源|关键词|链接)\s*[:：]|(?:责任编辑|友情链接|分享到|您的位置|当前位置)\s*[:：])",
    re.IGNORECASE | re.MULTILINE,
)
#: Fewer telling lines may be an article's own.
ENOUGH = 2


def looks_like_page(text: str) -> bool:
    """Whether `text` has lines that only pages have; it costs next to nothing, and being
    wrong costs a line of advice."""
    return sum(1 for _ in islice(_TELLING.finditer(text), ENOUGH)) == ENOUGH
