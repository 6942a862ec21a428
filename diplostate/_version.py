"""The version, in a place that can be read without importing anything."""

__version__ = "0.1.0"
