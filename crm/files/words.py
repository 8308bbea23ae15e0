"""Why a file is not taken, in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

refusals.register(
    {
        "file_empty": _l("%(name)s 是空文件"),
        "file_too_large": _l("%(name)s 超过 %(megabytes)s MB"),
        "file_type": _l("%(name)s 的类型不在允许范围：PDF、PNG、JPG、WebP、docx、xlsx、pptx、csv、txt"),
        "file_ending": _l("%(name)s 的内容与扩展名不符"),
        "file_too_many_pixels": _l("%(name)s 的像素过多"),
        "file_macros": _l("%(name)s 带有宏，请另存为不带宏的文件"),
        "file_broken": _l("%(name)s 已损坏，无法打开"),
        "file_bomb": _l("%(name)s 展开后过大，未打开"),
        "file_encrypted": _l("%(name)s 设有密码，请去掉密码后再传"),
    }
)
words.register(
    "purpose",
    {
        "evidence": _l("佐证"),
        "attachment": _l("附件"),
        "progress": _l("进展附件"),
        "import": _l("导入文件"),
        "result": _l("结果文件"),
    },
)
