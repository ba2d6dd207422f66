"""The style guide for staff: every component of `templates/components/`, with made-up data, on one page."""
