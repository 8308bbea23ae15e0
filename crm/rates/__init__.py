"""汇率 rates: dated exchange rates. A converted sum stores the day of the rate it was converted at."""
