"""What names of invented firms are made of, Chinese and Latin."""

PLACES = ["深圳市", "上海", "北京", "广州市", "苏州", "杭州", "东莞市", "成都", "", ""]
SIGNS = "华东方天海金星宏达新源盛康龙威博创远科明瑞泰和安吉德诚信立恒丰利通佳美欣荣鑫亿嘉凯伟格林"
TRADES = ["电子科技", "生物医药", "新材料", "汽车零部件", "半导体", "精密机械", "软件", "贸易", "投资", "供应链", "医疗器械"]
FORMS = ["有限公司", "股份有限公司", "集团有限公司"]
SYLLABLES = [
    "al", "be", "cor", "dan", "ex", "fi", "gen", "hel", "in", "jo", "ka", "lum", "mi", "nor", "or", "pra", "qui", "ro", "sol", "tek",
]  # fmt: skip
