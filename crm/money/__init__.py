"""资金 money: arrivals 到资 as a ledger, the official 实际使用外资 month by month, both side by side and never added."""
