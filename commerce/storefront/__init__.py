"""What visitors see of everything that is sold: prices and seats on pages and in APIs, and a person's own overview.

A course or an event belongs to the catalogue, its price to `plans` and its seats to `enrolments`. Imports go down only,
so the app that knows all of them stands above them and puts them together. No tables.

    api_v1, api_v2     lists of courses and events with prices and seats
    templatetags       the same on pages; structured data for search engines
    views              `/my/`: what one learns, attends, has bought
"""
