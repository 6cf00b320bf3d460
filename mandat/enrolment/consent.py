"""The text that an applicant accepts. Another wording is another version, and the old ones keep their name."""

#: The version in force; its words are on the review page, in both languages.
CURRENT = "inscription-2026-11"
