"""The room's refusals in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals

refusals.register(
    {
        "map_unreadable": _l("文件不是可以读取的 GeoJSON（须为 UTF-8 编码的 JSON）"),
        "map_no_collection": _l("文件不是 GeoJSON 的 FeatureCollection"),
        "map_too_large": _l("文件超过 %(megabytes)s MB，请先简化边界"),
        "map_too_many_points": _l("边界点超过 %(n)s 个，请先简化边界"),
        "map_empty": _l("文件里没有面（Polygon 或 MultiPolygon）"),
        "map_no_degrees": _l("坐标不是经纬度，请导出为经纬度坐标"),
        "map_no_areas": _l("文件里的名称或代码与本市各区都对不上"),
        "map_area_twice": _l("%(area)s 在文件里对应不止一个面，请合并为一个"),
    }
)
