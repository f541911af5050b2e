"""What never runs in production and is not in its image: embedded servers, the demo, the bench, stand-ins, the test runner."""
