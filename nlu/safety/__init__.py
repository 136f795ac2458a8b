"""Recognising emergencies by curated patterns, before anything else is understood."""

from nlu.safety.detect import SafetyHit, SafetyPatterns

__all__ = ["SafetyHit", "SafetyPatterns"]
