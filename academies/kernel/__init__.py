"""Five small files that everything may import and that import nothing of ours: errors, money, clock, codes, policies."""
