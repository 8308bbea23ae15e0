"""归并 merging: several rows of one company, lead or contact become one, with a journal of every value that changed, so that it can
be undone at any time (撤销归并). What was merged away stays as a row marked with the one that stays, and its old address leads there.
"""
