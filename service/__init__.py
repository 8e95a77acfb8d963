"""The running system: settings, runtime, store, evidence, delivery, desk, API."""
