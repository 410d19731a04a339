"""Properties that hold for any input: Hypothesis looks for one that breaks them."""
