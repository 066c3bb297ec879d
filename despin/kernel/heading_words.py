"""Words that make a heading, or the sentence behind one, likely; `native/loglinear.pyx` weighs headings by them."""

from __future__ import annotations

#: Words that head a part of an article, and what such headings end with.
_HEADS = (
    "前言|引言|序言|导言|简介|概述|总结|小结|结语|结论|背景|背景介绍|摘要|概要|原理|基本原理|实现原理|工作原理|参考资料|注意事项|"
    "常见问题|使用方法|使用说明|安装步骤|安装方法|准备工作|环境准备|环境搭建|写在最后|写在前面|测试结果|实验结果|实验步骤|实验目的|"
    "问题描述|问题分析|问题背景|解决方法|解决办法|解决方案|解决思路|具体步骤|操作步骤|具体实现|代码实现|效果展示|效果演示|需求分析|"
    "功能介绍|适用范围|主要功能|优点|缺点|优缺点|结束语|定义|概念|基本概念|应用场景|使用场景|后记|附录|说明|验收标准|评价标准"
)
_ENDS = (
    "简介|介绍|概述|概况|综述|背景|缘起|由来|分析|要点|重点|指南|攻略|流程|步骤|方法|办法|方案|规则|原则|目标|目的|安排|计划|架构|结构|"
    "设计|配置|设置|安装|部署|编译|准备|清洗|调试|测试|建议|提示|说明|须知|事项|服务|维护|保养|护理|推荐|前景|现状|趋势|意义|特点|"
    "优势|总结|结束语|后记|排除|措施|要求|条件|标准|范围|定义|原理|思路|过程|经过|结果|效果|依赖|源码"
)
#: What opens a sentence and is seldom said of a noun before it; the first of them hardly ever.
_STARTS = (
    "随着|首先|近年来|众所周知|所谓|本文|本章|本节|去年|今年|前年|上周|上个月|昨天|昨晚|前天|如今|从前|当时|有一天|写到这里|至此|每当|每逢|一般来说|想要|"
    "打开|点击|双击|右击|按下|按住|登录|下载完成|下载好|安装好|插上|先把|先用|先将|第一天|第一次|长期"
)
_OPENERS = (
    "我们|我在|我最近|本文|本章|本节|这里|这篇|这个|该|如果|在|当|由于|因为|为了|随着|首先|通过|对于|根据|目前|近年来|最近|近日|今天|"
    "以上|以下|下面|上面|打开|很多|许多|大家|一般|通常|除了|虽然|尽管|只要|所谓|众所周知|有时候|有些|平时|日常|公司|本工具|本软件|本系统"
)
#: Words that are nothing but headings in front of a word that opens a sentence, and two that may be more than that.
_ONLY = "前言|引言|序言|导言|简介|概述|摘要|结语|后记|附录|写在最后|写在前面|结束语"
_SUMMARIES, _BEHIND_SUMMARIES = "总结|小结", "这篇|这里|本文|本章|本节|以上|至此"
#: What a heading begins with that asks.
_ASKING = "什么是|如何|怎样|怎么|为什么|为何|什么时候|哪些"
HEADS, ENDS, STARTS, OPENERS, ONLY, SUMMARIES, BEHIND_SUMMARIES, ASKING = (
    tuple(words.split("|"))
    for words in (_HEADS, _ENDS, _STARTS, _OPENERS, _ONLY, _SUMMARIES, _BEHIND_SUMMARIES, _ASKING)
)
