"""Cases: how a person gets to a person, who holds a case, and how it comes back."""
