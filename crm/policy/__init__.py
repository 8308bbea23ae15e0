"""权限 policy: who may do what to which record. One pure decision over one table, asked by every page, list, export and job."""
