"""指标看板: funnel, districts, clusters, countries, utilised foreign capital against its target, response times, data quality."""
