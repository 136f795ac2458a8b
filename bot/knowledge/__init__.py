"""Reads `content/` and `locales/`: what is known, and in which words it is said."""
