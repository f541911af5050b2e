"""WHO AND WHERE: tenants, people, notices, journal. The ground floor; imports nothing of ours but the kernel."""
