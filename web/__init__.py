"""Pages, forms and the JSON API; computes nothing and enqueues nothing."""
