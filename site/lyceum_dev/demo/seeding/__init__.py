"""Creates the demo's content, each object in its own transaction and only if it is missing. So it can be run again."""

from lyceum_dev.demo.seeding.academy import keep_address, move_past_events, needs_planting, plant

__all__ = ["keep_address", "move_past_events", "needs_planting", "plant"]
