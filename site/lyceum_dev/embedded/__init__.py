"""Embedded PostgreSQL and Valkey for the demo and the tests, and the supervisor of their processes.

For development only: if DATABASE_URL, BROKER_URL and CACHE_URL are set, nothing here is started.
Nothing here imports Django. A server outlives a killed parent and is reused by the next command; a shared lock shows
which user of a server is the last one, who stops it.
"""
