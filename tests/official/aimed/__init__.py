"""Code systems made for one condition of the official validator each."""
