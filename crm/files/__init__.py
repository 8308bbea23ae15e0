"""附件 files: stored under their own hash, allowed by content, handed out only to who may see what they hang on."""
