"""The page `Foresight`: where to send people, and why to believe it."""
