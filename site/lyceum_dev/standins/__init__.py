"""Servers that speak a vendor's protocol, for the demo and the tests."""
