"""Bringing a city's open data in: a mapping says what its columns mean, and no code is written."""
