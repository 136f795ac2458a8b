"""Everything around the conversation: channels, delivery, booking, hand-over, console, storage, command line."""
