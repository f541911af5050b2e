"""Planting the demo: each thing in a transaction of its own, left alone when it is there. So a rerun completes."""

from lyceum.demo_content.planting.academy import move_past_events, needs_planting, plant

__all__ = ["move_past_events", "needs_planting", "plant"]
