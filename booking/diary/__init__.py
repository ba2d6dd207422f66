"""The diary: who is where when, as a grid of one day, a week of one person, or a month of load. It reads and never
writes. `asked` says which page, `sources` reads the rows, `grid` does the arithmetic, `board` puts them together."""
