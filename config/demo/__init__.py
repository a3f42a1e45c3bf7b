"""The demonstration: two invented police forces, from content files that a person can read."""
