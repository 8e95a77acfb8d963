"""From cases to foresight: figures over what was found and how long was looked. Pure."""
