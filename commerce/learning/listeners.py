"""Fact doors of this room."""
