"""Pages on paper: A4, black on white, right-to-left where the language asks for it. Knows no database."""
