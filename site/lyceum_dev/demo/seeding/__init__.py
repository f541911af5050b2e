"""Creates the demo's content, each object in its own transaction and only if it is missing. So it can be run again."""

from lyceum_dev.demo.seeding.academy import move_past_events, needs_seeding, seed, update_port

__all__ = ["move_past_events", "needs_seeding", "seed", "update_port"]
