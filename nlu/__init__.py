"""Understanding of short messages in French, Arabic, Darija (two scripts) and English."""
