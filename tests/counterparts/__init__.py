"""Stand-ins for the services we talk to, small enough to read, behaving as their pages say."""
