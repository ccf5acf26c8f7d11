"""Lambda events to plain values and back; the only place where errors become answers."""
