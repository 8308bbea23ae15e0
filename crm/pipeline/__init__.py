"""阶段 pipeline: 线索 → 在谈 → 签约 → 在建(实施) → 投产运营. A change of stage is a row with its date and who entered it."""
