"""Measurements that print a table; never run as tests."""
