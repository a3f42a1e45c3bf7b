"""What staff do: each act is one transaction, one audit line, and raises the stamps of its pages."""
