"""Pages for advisors, coordinators and administrators."""
