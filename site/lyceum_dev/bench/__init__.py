"""`manage.py bench`: measures the production server and compares the results with targets.

data: its own academy with 200 courses and pictures, created in bulk and kept between runs.
servers: gunicorn as in production, and the CPU time of its workers.  load: the load generator.
cases: what is measured.  measuring: how.  probe: query counts in this process.  targets: what must be reached.
bare_view, baseline_settings, wsgi, settings, urls, baseline: the servers to compare with, a bare Django view, the same
behind the tenant middleware, and Wagtail's own API.
"""

SCHEMA, HOST = "bench", "bench.localhost"
