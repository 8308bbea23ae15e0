"""共享与协办、代号项目: who else works on a lead, and which leads go by a code name."""
