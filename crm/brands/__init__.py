"""品牌与别名 brands: what the office itself says about which names mean one brand, over the shipped table of the matching."""
