"""`manage.py bench`: how fast the production server is, with the ratios that must hold.

data        an academy of its own with 200 courses and pictures, made in bulk and kept between runs
servers     gunicorn as in production, and what its workers have used of the CPU
load        the load generator, a process of its own
cases       what is measured          bars      which ratios must hold, and by how much they do
probe       queries and time in the database, counted in this process
floor, bare_settings, settings, urls    what the servers serve besides the product: two floors and a baseline
"""

SCHEMA, HOST = "bench", "bench.localhost"
