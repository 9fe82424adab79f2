"""Listings of public events, read from JSON-LD, iCalendar or CSV into plain records.

``reading.read`` is the door; ``record.Listing`` is what comes out. Nothing here touches the database.
"""
