"""Messages to a team, the 72-hour clock and recourse when an answer is late."""
