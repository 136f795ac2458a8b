"""Journeys: dialogues written as data in the vocabulary of Rasa's flows, and the interpreter that plays them."""
