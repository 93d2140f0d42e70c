"""Libraries that tell the hub what they do: one module a library, each needs that library and the SDK."""
