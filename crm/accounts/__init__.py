"""账号 accounts: people, their one role and unit, sign-in and sign-out, one-time links, the throttle on guessing."""
