"""What comes in: API sources, file formats, and the one loop that stores what they yield."""
