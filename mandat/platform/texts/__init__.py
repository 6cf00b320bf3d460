"""
The words that people read: French sentences in code and templates, one English catalogue, and the gate that holds them.

docs/words.md says how they are written; docs/decisions/0008-languages.md says why they are kept so.
"""
