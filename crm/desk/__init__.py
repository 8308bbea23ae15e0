"""案头 desk: pages composed of many rooms: 首页, 项目清单, the lead page's frame, search."""
