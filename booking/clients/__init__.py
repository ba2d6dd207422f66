"""Clients: finding them, merging duplicates, and everything we know about one of them."""
