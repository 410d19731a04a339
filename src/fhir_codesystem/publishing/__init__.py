"""Publishing: what a terminology server can do, what is to be done, doing it, proving it."""
