"""The client's pages, one module a step of the journey."""
