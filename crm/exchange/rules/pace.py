"""How many rows are written in one transaction: as many as this machine, as it is now, writes in well under a second."""

LEAST, MOST = 10, 100
QUICK, SLOW = 0.2, 0.5  # seconds


def next_size(size: int, seconds: float) -> int:
    """How many rows the next chunk has, when one of `size` took so many seconds."""
    if seconds > SLOW:
        return max(LEAST, size // 2)
    return min(MOST, size * 2) if seconds < QUICK else size
