"""The relay and the jobs: what happens after a request has been answered."""
