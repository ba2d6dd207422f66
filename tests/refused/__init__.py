"""What the database refuses whatever the code does: for every constraint the row it exists for, and beside it the
nearest row that must be allowed. By topic; `tests/integration/test_constraints.py` writes them past all validation."""

from tests.refused import catalogue, hours, people, visits

TOPICS = (catalogue, hours, people, visits)
REFUSED = {name: writes for topic in TOPICS for name, writes in topic.REFUSED.items()}
ALLOWED = {name: write for topic in TOPICS for name, write in topic.ALLOWED.items()}
