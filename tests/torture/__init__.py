"""The long versions of what `make test` tries briefly: kills, faults, floods and fuzz, each with its number."""
