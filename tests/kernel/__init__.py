"""The kernel: what it promises under races, kills and hostile text. Each promise is also tried without its cure, and fails then."""
