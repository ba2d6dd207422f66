"""How fast is it, beside what? Each topic measures one promise of the design next to a bare reference, in one run."""
