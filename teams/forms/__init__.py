"""What staff type. Shape and wording only: nothing here writes."""
