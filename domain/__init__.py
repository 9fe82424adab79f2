"""Tables, rules, domain events and the outbox; knows nothing of Flask, Redis or RQ."""
