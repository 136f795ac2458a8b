"""What the house can tell of itself in figures, without telling of anybody."""
