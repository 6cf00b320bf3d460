"""The help centre: articles that a regulator edits, searched, shown, and linked from the steps that they explain."""
