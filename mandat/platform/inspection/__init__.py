"""Files handed in are opened apart, under limits, before anything keeps them: what they are, and whether fit."""
