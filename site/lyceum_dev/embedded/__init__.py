"""The servers that the demo and the tests bring along, and the supervisor of their processes.

For laptops and checks only: where DATABASE_URL, BROKER_URL and CACHE_URL are set, nothing here is started.
Nothing here imports Django. A server outlives a killed parent and is reused by the next command; a lock that
every user of a server shares says who is the last one and stops it.
"""
