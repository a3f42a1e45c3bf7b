"""What staff do: each act is one transaction with one audit line, and raises its pages' stamps."""
