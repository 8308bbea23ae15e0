"""消息 notifications: rows in the same transaction as what they tell of; the bell counts them."""
