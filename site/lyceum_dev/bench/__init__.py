"""`manage.py bench`: how fast the production server is, with the ratios that must hold.

data: an academy of its own with 200 courses and pictures, made in bulk and kept between runs.
servers: gunicorn as in production, and what its workers have used of the CPU.  load: the load generator.
cases: what is measured.  measuring: how.  probe: queries counted in this process.  bars: which ratios must hold.
floor, wsgi, settings, urls, baseline: what is served besides the product, which is two floors and Wagtail's own list.
"""

SCHEMA, HOST = "bench", "bench.localhost"
