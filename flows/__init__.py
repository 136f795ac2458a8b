"""The conversation itself: pure functions from what was said to what to do. No clock, database, network or randomness."""
