"""Many machines: Ray says where processes run and starts them anew; leases say who has a camera."""
