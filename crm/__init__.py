"""一盘棋 · One Board: the rooms of the house, from the ground up.

core 地基 · policy 权限 · web 门厅 · units 单位, clusters 产业集群, audit 留痕, jobs 后台, rates 汇率, matching 查重 · accounts 账号 ·
sharing 共享, tasks 待办, notifications 消息, files 附件 · companies 企业 · claims 首报 · leads 线索 · visits 走访 · pipeline 阶段 ·
exchange 导入导出 · desk 首页与清单, demo 演示数据 · app 总装.

This file imports nothing, so that one rule can be loaded without loading the whole house.
"""
