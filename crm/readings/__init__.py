"""查阅留痕: who read a confidential lead, and who asks the duplicate check about what others keep to themselves."""
