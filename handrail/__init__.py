"""The command: reads the environment, starts processes."""

__version__ = "0.1.0"
