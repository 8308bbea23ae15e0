"""产业集群 clusters: the 20+8, in both versions with their crosswalk, and what stands beside it (现代服务业, 其他)."""
