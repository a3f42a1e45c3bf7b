"""What residents and staff do with a message: each act is one transaction with one audit line."""
