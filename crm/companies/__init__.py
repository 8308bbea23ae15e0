"""企业 companies: legal entities that invest or may invest, their names in every script, identifiers, contacts, and what people
decided about two of them (同一家 / 关联企业 / 不是同一家).
"""
