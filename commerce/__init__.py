"""WHAT LEARNERS DO WITH IT: orders, seats, progress, certificates. Records: only actions write them."""
