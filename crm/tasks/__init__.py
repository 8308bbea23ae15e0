"""下一步 tasks: what, who, by when. Every active lead has one."""
