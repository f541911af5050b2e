"""What learners do: orders, seats, progress, certificates. Records, which only actions write."""
