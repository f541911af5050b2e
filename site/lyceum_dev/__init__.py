"""Development tools, not in the production image: embedded servers, demo, benchmark, stand-ins, test runner."""
