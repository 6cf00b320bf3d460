"""Outside providers: what they say of persons, and whose those persons are here."""
