"""What the list of texts, the place to paste and refusals say, in the languages of `despin.report.reasons`."""

from __future__ import annotations

from despin.report.reasons import LANGUAGES

SAID = {
    "title": ("校订", "Review"),
    "reading": ("（正在还原…）", " (restoring…)"),
    "texts": ("文章", "Texts"),
    "text": ("文章", "Text"),
    "verdict": ("洗稿", "Spun"),
    "spun": ("是", "yes"),
    "unspun": ("否", "no"),
    "open": ("需核对", "To check"),
    "decided": ("已定", "Decided"),
    "waiting": ("正在还原…", "restoring…"),
    "failed": ("不能校订", "cannot be reviewed"),
    "sum": (
        "{texts} 篇，其中 {spun} 篇是洗稿；{total} 处，已决定 {decided}，需核对 {open}。",
        "{texts} texts, {spun} of them spun; {total} places, {decided} decided, {open} to check.",
    ),
    "kept": (
        "每个决定立即保存在文章旁：<code>.wdiff</code>（可供 <code>despin eval</code>、<code>despin learn</code> 使用）、"
        "<code>.restored</code>（还原后的正文）和 <code>.review</code>（经过，可续）。词条写入 <code>{target}</code>。",
        "Every decision is saved at once beside the text: <code>.wdiff</code> (for <code>despin eval</code> and "
        "<code>despin learn</code>), <code>.restored</code> (the restored text) and <code>.review</code> (what was "
        "decided, to go on from). Entries are written to <code>{target}</code>.",
    ),
    "inbox": (
        "粘贴的文章和决定存在 <code>{folder}</code>。",
        "What is pasted, and what is decided of it, is kept in <code>{folder}</code>.",
    ),
    "paste": ("粘贴文章", "Paste an article"),
    "restore": ("还原", "Restore"),
    "file": ("打开文件", "Open files"),
    "drop": (
        "也可以把文件拖到这里：.txt、.md、.html、.docx。文章不会离开这台机器。",
        "Files can be dropped here too: .txt, .md, .html, .docx. Texts stay on this machine.",
    ),
    "empty": ("先粘贴文章", "Paste a text first"),
    "large": (
        "文章超过 8 MB，没有发送，仍在框里；请存为文件，用 despin restore 还原。",
        "The text has more than 8 MB. It was not sent and is still here; save it as a file for `despin restore`.",
    ),
    "busy": ("正在还原…", "Restoring…"),
    "gone": (
        "连不上 despin；它可能已经结束。文章仍在框里。",
        "despin does not answer; it may have ended. The text is still here.",
    ),
    "lost": (
        "连不上 despin；它可能已经结束。决定都已保存，再次运行 despin review 可以继续。",
        "despin does not answer; it may have ended. All decisions are saved: run `despin review` again to go on.",
    ),
    "no-script": (
        "浏览器没有启用 JavaScript：可以粘贴并看到还原结果，不能逐处取舍。",
        "Without JavaScript a text can be pasted and its restoration read; edits cannot be judged.",
    ),
    "refused": ("没有完成", "Refused"),
    "back": ("返回上一页，文章还在。", "Go back one page: the text is still there."),
    "403": (
        "这个地址不能用了，或者不完整。请用 despin 启动时显示的地址；以同一端口（--port）重新启动同样的文章，地址不变。",
        "This address is no longer good, or not whole. Use the one that despin printed when it began; started again "
        "with the same texts and --port, it has the same address.",
    ),
    "404": ("没有这一页。", "There is no such page."),
    "413": (
        "文章超过 8 MB；请存为文件，用 despin restore 还原。",
        "The text has more than 8 MB; save it as a file for `despin restore`.",
    ),
    "507": (
        "磁盘写不进去，文章没有保存。请腾出空间再试。",
        "The disk cannot be written, the text was not saved. Make room and try again.",
    ),
}  # fmt: skip


def said(key: str, language: str, **values: object) -> str:
    """A sentence in a language, with its values; "" for a key that there is none of."""
    found = SAID.get(key)
    return found[LANGUAGES.index(language)].format(**values) if found else ""


def language(header: str) -> str:
    """The first of the languages of a browser, as its header Accept-Language names them, that there is; else zh."""
    tags = (part.partition(";")[0].strip().lower().partition("-")[0] for part in header.split(","))
    return next((tag for tag in tags if tag in LANGUAGES), LANGUAGES[0])
