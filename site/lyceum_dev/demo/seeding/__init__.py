"""Planting the demo: each thing in a transaction of its own, left alone when it is there. So a rerun completes."""

from lyceum_dev.demo.seeding.academy import keep_address, move_past_events, needs_planting, plant

__all__ = ["keep_address", "move_past_events", "needs_planting", "plant"]
