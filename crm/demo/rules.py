"""Inventing investors: names in several scripts from syllables no firm uses, trades of the 20+8, amounts as they occur.

Amounts follow the volumes that the city reports for a year (hundreds of projects, 亿元 sums); every name is made from the
syllables below and belongs to nobody.
"""

import random
from dataclasses import dataclass, replace
from functools import cache

from opencc import OpenCC

HEADS = [
    ("维德港", "Veldhaven"), ("阿尔登堡", "Aldenburg"), ("萨内特", "Sarneth"), ("诺尔万", "Norvane"), ("林茨海姆", "Linzheim"),
    ("布里萨", "Brisamar"), ("菲尔维克", "Fjallvik"), ("瓦尔康", "Valcombe"), ("墨兰图", "Merantau"), ("泰萨利", "Tessalin"),
    ("柯罗文", "Korovend"), ("奥斯特里", "Osterly"), ("哈莱丹", "Haledan"), ("莫恩特", "Mornetz"), ("卡尔维斯", "Karvessa"),
    ("费利纳", "Felinar"), ("德拉克尔", "Drakelm"), ("索尔维克", "Solvikar"), ("佩特拉尼", "Petranil"), ("艾格蒙", "Egmondt"),
]  # fmt: skip
_JAPANESE = [("朝凪", "Asanagi"), ("嵐谷", "Arashidani"), ("汐見", "Shiomi"), ("水面", "Minamo"), ("澄野", "Sumino"), ("霧峰", "Kirimine"),
             ("星瀬", "Hoshise"), ("風早", "Kazahaya")]  # fmt: skip
_MARKS = [("", ""), ("第一", "Daiichi "), ("東", "Higashi "), ("西", "Nishi "), ("南", "Minami "), ("新", "Shin ")]
_KOREAN = [
    ("새론", "Saeron", "赛仑"),
    ("도담", "Dodam", "多昙"),
    ("가온누리", "Gaonnuri", "佳温努里"),
    ("해솔", "Haesol", "海率"),
    ("다온빛", "Daonbit", "多温光"),
]
_HONGKONG = [
    ("海晏", "Hoi An"),
    ("鈞豐", "Kwan Fung"),
    ("和翊", "Wo Yik"),
    ("翹晟", "Kiu Shing"),
    ("璟泓", "King Wang"),
    ("瀚昇", "Hon Sing"),
]
_TRADES = [
    ("S05", "传感器", "Sensors", "センサ", "센서", "汽车与工业传感器研发中心"), ("S02", "半导体", "Semiconductors", "半導体", "반도체", "功率器件设计与封测线"),
    ("S12", "新能源", "New Energy", "新エネルギー", "신에너지", "固态电池中试基地"), ("S17", "生物医药", "Biopharma", "バイオ医薬", "바이오제약", "抗体药物临床转化中心"),
    ("S16", "医疗器械", "Medical Devices", "医療機器", "의료기기", "手术器械装配与培训中心"), ("S06", "智能", "Intelligence", "テック", "테크", "工业视觉大模型实验室"),
    ("S07", "软件", "Software", "ソフトウェア", "소프트웨어", "跨境数据服务中心"), ("S10", "机器人", "Robotics", "ロボティクス", "로보틱스", "机器人整机试验线"),
    ("S15", "材料", "Materials", "マテリアル", "소재", "高性能薄膜材料项目"), ("S11", "航空", "Aviation", "航空機", "항공", "低空飞行器适航服务中心"),
    ("S19", "海洋工程", "Ocean Engineering", "海洋", "해양", "海洋装备研发基地"), ("X01", "控股", "Capital", "キャピタル", "캐피탈", "区域结算与资金管理中心"),
    ("F03", "具身机器人", "Robot Systems", "ロボット", "로봇", "具身智能试验场"), ("S09", "精密仪器", "Precision Instruments", "精密機器", "정밀기기", "质谱仪应用实验室"),
]  # fmt: skip
_FORMS = [("有限公司", "GmbH", "DE"), ("股份公司", "AG", "CH"), ("有限公司", "B.V.", "NL"), ("公司", "Inc.", "US"), ("有限公司", "Ltd", "GB"),
          ("公司", "AB", "SE"), ("股份有限公司", "S.A.", "FR"), ("私人有限公司", "Pte. Ltd.", "SG")]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented investor with its trade and project."""

    names: tuple[str, ...]
    country: str
    cluster: str
    project: str


def invent(count: int, seed: int) -> list[Invented]:
    """`count` investors, the same for the same seed, no two of one name."""
    dice, made, seen = random.Random(seed), list[Invented](), set[str]()  # noqa: S311 - invented data wants a seed, not secrecy
    while len(made) < count:
        one = _one(dice)
        if one.names[0] not in seen:
            seen.add(one.names[0])
            made.append(one)
    return made


def again(firm: Invented, number: int) -> Invented:
    """The same investor as another office types it, one way for each number: the Latin name alone, in capitals; the other
    characters, traditional for simplified; the short name; its Chinese daughter, which is another legal entity.
    """
    own, latin = firm.names[0], firm.names[-1]
    short = own
    for form in ("（香港）有限公司", "株式会社", *sorted({zh for zh, _en, _country in _FORMS}, key=len, reverse=True)):
        short = short.removesuffix(form)
    traditional = _converter("s2t").convert(own)
    ways = (
        latin.upper().replace("CO., LTD.", "COMPANY LIMITED"),
        traditional if traditional != own else _converter("t2s").convert(own),
        short,
        f"{short}（中国）有限公司",
    )
    return replace(firm, names=(ways[number % len(ways)],))


@cache
def _converter(ways: str) -> OpenCC:
    """Made once: reading its dictionaries takes longer than a lead."""
    return OpenCC(ways)


def _one(dice: random.Random) -> Invented:
    code, zh, en, ja, ko, project = dice.choice(_TRADES)
    kind = dice.random()
    if kind < 0.2:
        han, latin = dice.choice(_JAPANESE)
        mark, said = dice.choice(_MARKS)
        return Invented((f"{han}{mark}{ja}株式会社", f"{latin} {said}{en} Co., Ltd."), "JP", code, project)
    if kind < 0.32:
        hangul, latin, han = dice.choice(_KOREAN)
        return Invented((f"{han}{zh}株式会社", f"{hangul}{ko} 주식회사", f"{latin} {en} Co., Ltd."), "KR", code, project)
    if kind < 0.5:
        han, latin = dice.choice(_HONGKONG)
        return Invented((f"{han}{zh}（香港）有限公司", f"{latin} {en} (Hong Kong) Limited"), "HK", code, project)
    han, latin = dice.choice(HEADS)
    more_zh, more_en = dice.choice(
        [("", ""), ("", ""), ("北方", "Nord"), ("联合", "Union"), ("蓝", "Blue"), ("高岭", "Highland")]
    )
    form_zh, form_en, country = dice.choice(_FORMS)
    latin_name = " ".join(part for part in (latin, more_en, en, form_en) if part)
    return Invented((f"{han}{more_zh}{zh}{form_zh}", latin_name), country, code, project)


def amount_wan(dice: random.Random) -> int:
    """A total investment in 万元: mostly one to ten 亿元, some above, as lists of a year look."""
    return int(
        dice.choice([3000, 5000, 8000, 12000, 18000, 25000, 36000, 52000, 80000, 120000, 260000, 550000])
        * dice.uniform(0.8, 1.2)
        // 100
        * 100
    )
