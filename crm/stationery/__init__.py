"""文件模板: the Word templates of official papers, which an office replaces with its own, version by version."""
