"""What editors author: courses, lessons, events, offerings. Definitions, which Wagtail forms write."""
