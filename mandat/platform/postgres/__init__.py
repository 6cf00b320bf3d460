"""The database on this machine: where it is, its binaries, a private cluster, what it must be set to. No Django here."""
