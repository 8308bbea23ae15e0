"""会议材料 meetings: what a weekly or monthly meeting looks at, as each reads it: a page, a paper to edit, a pdf to print."""
