"""Texts with pinyin in brackets: clones, as tools of site farms make them, and what people write who teach or explain."""

from __future__ import annotations

import random
import re

from pypinyin import Style, lazy_pinyin, pinyin

from tools.measure_damage import reading

_HAN = re.compile("[\u4e00-\u9fff]")


EASY = (
    "今天天气很好，我们去公园玩。", "妈妈买了一本书。", "小狗在门口睡觉。", "你叫什么名字？我叫小明。",
    "老师说，明天要考试。", "他每天六点起床，七点吃早饭。", "这是我的朋友，他是医生。", "我喜欢吃苹果，不喜欢吃香蕉。",
    "哥哥在北京工作，姐姐在上海上学。", "请问，图书馆在哪儿？", "一个星期有七天。", "我家有四口人：爸爸、妈妈、弟弟和我。",
    "他跑得很快。", "下雨了，快把衣服收进来。", "孩子们在操场上做游戏。", "春天来了，花儿都开了。",
    "桌子上有两个杯子。", "我们坐火车去奶奶家。", "东西太贵了，便宜一点儿吧。", "晚上我们一起看电视。",
    "月亮像一个圆圆的盘子。", "小猫喝了牛奶，跑到院子里去了。", "你会说汉语吗？会说一点儿。", "房间里很干净。",
    "我的书包是红色的。", "祝你生日快乐！", "秋天的树叶黄了，一片片落下来。", "爷爷在河边钓鱼。",
    "这件衣服多少钱？", "学生们都到教室里去了。",
)  # fmt: skip
WORDS = ("天气", "公园", "睡觉", "名字", "老师", "考试", "起床", "朋友", "医生", "苹果", "工作", "星期", "衣服", "孩子",
         "游戏", "桌子", "火车", "便宜", "电视", "月亮", "牛奶", "院子", "房间", "书包", "快乐", "树叶", "教室")  # fmt: skip
RARE = "魑魅魍魉饕餮龃龉蹒跚踟蹰踌躇旖旎氤氲皴蘸讷恪缄酵瞠桎梏狙谄媚愎酗囿戕缛亳涪鄄歙郫犍盱眙蠡邗邳"
IDIOMS = ("参差不齐", "瞠目结舌", "一曝十寒", "刚愎自用", "呱呱坠地", "强词夺理", "心广体胖", "自怨自艾", "不屑一顾",
          "锲而不舍", "草菅人命", "怙恶不悛", "虚与委蛇", "叱咤风云", "沆瀣一气", "鳞次栉比", "病入膏肓", "相形见绌")  # fmt: skip
SEVERAL = (
    ("行", "银行", "háng", "步行", "xíng"), ("重", "重要", "zhòng", "重复", "chóng"),
    ("长", "长度", "cháng", "长大", "zhǎng"), ("乐", "音乐", "yuè", "快乐", "lè"), ("为", "因为", "wèi", "作为", "wéi"),
    ("发", "头发", "fà", "发现", "fā"), ("着", "着急", "zháo", "看着", "zhe"), ("都", "都市", "dū", "全都", "dōu"),
    ("还", "还钱", "huán", "还有", "hái"), ("得", "得到", "dé", "跑得快", "de"), ("少", "多少", "shǎo", "少年", "shào"),
    ("好", "爱好", "hào", "好人", "hǎo"), ("数", "数学", "shù", "数一数", "shǔ"), ("教", "教书", "jiāo", "教室", "jiào"),
)  # fmt: skip
OTHER = ("人民币(RMB)", "函数f(x)", "整型(int)", "变量(n)", "库存(sku)", "张伟(Zhang Wei)", "李(Li)教授", "王(wang)先生",
         "美元(USD)", "首都(Beijing)", "循环(for)", "列表(li)", "标签(a)", "段落(p)", "按键(tab)", "他(he)说", "行(háng)")  # fmt: skip
KINDS = ("primer", "new words", "two readings", "list of readings", "rare", "words", "other", "list", "idioms", "both")


def meant(kind: str, plain: str, chance: random.Random) -> str:
    """A text in which readings are meant; `plain` is an article for those that need one."""
    left, right = chance.choice((("(", ")"), ("（", "）")))

    def behind(word: str, each: str) -> str:
        return f"{word}{left}{each}{right}"

    def all_of(text: str) -> str:
        asked = iter(lazy_pinyin("".join(_HAN.findall(text)), style=Style.TONE))
        return "".join(behind(one, next(asked)) if _HAN.match(one) else one for one in text)

    some = chance.sample(EASY, chance.randint(6, 20))
    if kind == "primer":
        return "\n".join(map(all_of, some))
    if kind == "new words":
        seen: set[str] = set()
        pieces = []
        for one in "".join(some):
            new = _HAN.match(one) and one not in seen and chance.random() < 0.3
            pieces.append(behind(one, reading(one)) if new else one)
            seen.add(one)
        return "".join(pieces)
    if kind == "two readings":
        return "\n".join(
            f"“{one}”有两个读音：{first}的“{one}”读{a}，{second}的“{one}”读{b}。例如"
            f"{first.replace(one, behind(one, a))}、{second.replace(one, behind(one, b))}。"
            for one, first, a, second, b in chance.sample(SEVERAL, 8)
        )
    if kind == "list of readings":
        rows = chance.sample(SEVERAL, 10)
        return "　".join(
            first.replace(one, behind(one, a)) + "　" + second.replace(one, behind(one, b))
            for one, first, a, second, b in rows
        )
    if kind == "rare":
        rare = ("".join(behind(one, reading(one))) for one in chance.choices(RARE, k=999))
        return "".join(one + next(rare) if one in "，。" and chance.random() < 0.4 else one for one in plain)
    if kind == "words":
        return "。".join(behind(one, pinyin_of(one, chance.random() < 0.5)) for one in chance.sample(WORDS, 15))
    if kind == "other":
        return "".join(one + chance.choice(OTHER) if one in "，。" and chance.random() < 0.6 else one for one in plain)
    if kind == "list":
        return chance.choice(("、", "\n", "  ")).join(map(all_of, chance.sample(WORDS, 15)))
    if kind == "idioms":
        found = []
        for idiom in chance.sample(IDIOMS, 12):
            place = chance.randrange(4)
            found.append(idiom[:place] + behind(idiom[place], pinyin(idiom)[place][0]) + idiom[place + 1 :])
        return chance.choice(("、", "　", "\n")).join(found)
    return "\n".join(f"{all_of(one)}\n{one}" for one in some)


def pinyin_of(word: str, apart: bool) -> str:
    """The pinyin of a word, its syllables apart or together."""
    return (" " if apart else "").join(lazy_pinyin(word, style=Style.TONE))
