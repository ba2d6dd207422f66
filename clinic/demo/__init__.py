"""The demo clinic: an invented place with a catalogue, people and visits, for trying the site and measuring it."""
