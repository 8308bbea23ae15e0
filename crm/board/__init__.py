"""全市一盘棋: the whole city on one page, by district and by cluster, each number with the list behind it."""
