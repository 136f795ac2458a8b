"""The advisors' console."""
