"""线索 leads: one investment intention, investor × project, one record with one number for life. 登记线索, 研判, 入库."""
