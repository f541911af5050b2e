"""Fault injection: the shipped processes on real ports, and what happens to them when a neighbour fails.

Not part of a plain `manage.py test`, because the processes want the machine to themselves:

    python3 manage.py test tests/faults            (or -m faults)

One deployment serves the whole run (`conftest.py`): PostgreSQL and Valkey of its own, two small academies, the web server by
the shipped gunicorn configuration, and the payment stand-in. A test that needs the worker or the clock asks for the
fixture of that name.

A test takes `deployment`, does its fault inside a `with`, and sends ordinary requests meanwhile:

    with deployment.valkey.frozen(), traffic(deployment, seconds=6) as seen:
        ...
    assert seen.is_healthy(), seen

Nothing but the faulty part may be more than two seconds slower (`client.SLOWER`).
"""
