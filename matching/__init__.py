"""Arithmetic only: the same inputs give the same result; nothing here knows a database, a clock or a page."""
