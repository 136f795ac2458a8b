"""One module a provider. A payload becomes one of our events, a bubble becomes one of their calls; their types stay inside."""
