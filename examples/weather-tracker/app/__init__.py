"""Weather Tracker: the current weather of the cities you follow."""
