"""The stories of the demonstration region, and the stage on which they are played."""
