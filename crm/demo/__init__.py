"""演示数据 demo: clearly invented investors and their leads, from a seed, with duplicates to discover; gone by one command."""
