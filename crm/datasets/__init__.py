"""数据集 datasets: the board as CSV files with their dictionary, for programs that draw figures of their own."""
