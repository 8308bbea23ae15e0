/* Charts of the dashboard: bars that open their lists, money against its target line. What they show stands in a table too. */
(function () {
  "use strict";

  const data = document.getElementById("chart-data");
  if (!data || !window.echarts) return;
  const charts = JSON.parse(data.dataset.charts);
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const ink = token("--ob-ink");
  const ink2 = token("--ob-ink-2");
  const line = token("--ob-line");
  const bar = token("--ob-ramp-4");
  const accent = token("--ob-accent");
  const late = token("--ob-late");
  const text = { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 13, color: ink };
  const drawn = [];
  const english = document.documentElement.lang === "en";
  const colon = english ? ": " : "：";
  const comma = english ? ", " : "，";

  function base(label) {
    return { animation: false, aria: { enabled: true, label: { description: label } }, textStyle: text };
  }

  function bars(chart, narrow) {
    const rows = chart.rows.slice().reverse();
    const wide = (name) => Array.from(name).reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e7f ? 2 : 1), 0);
    const cut = (name) => (narrow && wide(name) > 20 ? Array.from(name).slice(0, wide(name) > name.length ? 9 : 18).join("") + "…" : name);
    return Object.assign(base(chart.label + colon + chart.rows.map((row) => row.name + " " + row.said).join(comma)), {
      grid: { left: 4, right: 64, top: 4, bottom: 4, containLabel: true },
      xAxis: { type: "value", show: false, min: 0, axisLabel: { show: false } },
      yAxis: {
        type: "category", data: rows.map((row) => row.name), axisTick: { show: false }, axisLine: { show: false },
        axisLabel: { color: ink, fontSize: 13, formatter: cut, interval: 0 },
      },
      series: [{
        type: "bar", barWidth: 11, itemStyle: { color: bar }, emphasis: { disabled: true },
        cursor: "default",
        data: rows.map((row) => ({ value: row.value, cursor: row.url ? "pointer" : "default" })),
        label: { show: true, position: "right", color: ink, fontSize: 13, formatter: (at) => rows[at.dataIndex].said },
      }],
    });
  }

  function money(chart, narrow) {
    const last = chart.values.length;
    const goal = chart.goal === null ? [] : Array.from({ length: 13 }, (_none, month) => [month, (chart.goal * month) / 12]);
    const points = [[0, 0]].concat(chart.values.map((value, place) => [place + 1, value]));
    const now = points[last];
    const right = last <= 10;  // where there is room beside the newest point
    const said = "{n|" + chart.said + "}" + (chart.apart ? "\n{" + (chart.below ? "late" : "over") + "|" + chart.apart + "}" : "");
    const rich = {
      n: { color: ink, fontSize: 14, fontWeight: 600, lineHeight: 20 }, late: { color: late, fontSize: 12, lineHeight: 18 },
      over: { color: ink2, fontSize: 12, lineHeight: 18 },
    };
    // On a phone the label would lie on its own line: it stands above the drawing, and the newest point is a larger stone.
    const above = narrow && now ? { title: {
      left: 8, top: 0, padding: 0, itemGap: 4, text: chart.said, textStyle: { color: ink, fontSize: 14, fontWeight: 600 },
      subtext: chart.apart, subtextStyle: { color: chart.below ? late : ink2, fontSize: 12 },
    } } : {};
    const short = chart.goal !== null && chart.below ? [[last, (chart.goal * last) / 12], now] : [];
    return Object.assign(base(chart.label + colon + [chart.said, chart.apart, chart.goal_said].filter(Boolean).join(comma)), {
      grid: { left: 8, right: 16, top: narrow ? 66 : 30, bottom: 8, containLabel: true },
      xAxis: {
        type: "value", min: 0, max: 12, interval: 1, splitLine: { show: false }, axisTick: { show: false },
        axisLine: { lineStyle: { color: line } },
        axisLabel: { color: ink2, fontSize: 12, formatter: (month) => (month && !(narrow && month % 3) ? chart.months[month - 1] : "") },
      },
      yAxis: { type: "value", min: 0, splitNumber: 4, axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: line } }, axisLabel: { color: ink2, fontSize: 12 } },
      series: [
        { type: "line", data: goal, symbol: "none", silent: true, lineStyle: { color: ink, type: "dashed", width: 1.4 },
          endLabel: { show: false },
          markPoint: { silent: true, symbolSize: 0, data: goal.length ? [{ coord: goal[12] }] : [],
            label: { show: true, formatter: chart.goal_said, position: [-8, -16], align: "right", color: ink, fontSize: 12 } } },
        { type: "line", data: points, symbol: "circle", symbolSize: 6, silent: true, itemStyle: { color: accent },
          lineStyle: { color: accent, width: 2.4 }, areaStyle: { color: token("--ob-accent-tint") },
          markPoint: narrow ? { silent: true, symbol: "circle", symbolSize: 12, data: now ? [{ coord: now }] : [], label: { show: false } } : {
            silent: true, symbolSize: 0, data: now ? [{ coord: now }] : [],
            label: { show: true, align: right ? "left" : "right", backgroundColor: "#fff", padding: [0, 3],
              position: [right ? 8 : -12, now[1] < (chart.goal || 0) * 0.2 ? -46 : 12],
              formatter: said, rich } } },
        { type: "line", data: short, symbol: "none", silent: true, lineStyle: { color: late, width: 2 } },
      ],
    }, above);
  }

  function draw() {
    document.querySelectorAll("[data-chart]").forEach((place) => {
      const chart = charts[place.dataset.chart];
      if (!chart) return;
      const narrow = place.clientWidth < 420;
      const box = window.echarts.init(place, null, { renderer: "svg" });
      box.setOption(chart.rows ? bars(chart, narrow) : money(chart, narrow));
      box.on("click", (at) => {
        const row = chart.rows && chart.rows[chart.rows.length - 1 - at.dataIndex];
        if (row && row.url) window.location.href = row.url;
      });
      drawn.push(box);
    });
  }

  draw();
  window.addEventListener("resize", () => drawn.forEach((box) => box.resize()));
  window.addEventListener("beforeprint", () => drawn.forEach((box) => box.resize()));
})();
