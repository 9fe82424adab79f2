"""Jobs: what happens because of a domain event."""
