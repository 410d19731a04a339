"""From rows to concepts: what columns mean, levels to a tree, repeated rows to one concept."""
