"""The peers' servers, each doing the same work as ours with its own best-documented means."""
