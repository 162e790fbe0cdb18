"""Makes the platform's Secrets inside the cluster, at random, so that none of them is in git."""
