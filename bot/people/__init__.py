"""Who somebody is, what they agreed to, and how they are forgotten."""
