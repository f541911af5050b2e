"""Servers that implement a vendor's API, for the demo and the tests."""
