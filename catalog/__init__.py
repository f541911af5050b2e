"""WHAT EDITORS AUTHOR: courses, lessons, events, offerings. Definitions: Wagtail forms write them."""
