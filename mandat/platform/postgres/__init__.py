"""The database on this machine: its address, its binaries, a private cluster, what it must be set to. No Django."""
