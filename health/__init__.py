"""Records, units, days and the arithmetic of each domain: pure functions, no input or output."""
