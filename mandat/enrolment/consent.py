"""The texts that are accepted. Another wording is another version, and the old ones keep their name."""

#: The version in force; its words are on the review page, in both languages.
CURRENT = "inscription-2026-11"
#: What an RSE accepts to register the firm with the regulator: a consent of its own, on the page that asks for it.
WITH_THE_REGULATOR = "services-2026-11"
