"""The closing check: what is said to be handled is looked at again (核查)."""
