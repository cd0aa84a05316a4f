// Draws the day's charts with uPlot, from the interface that programs have: <section id="course" data-source="/api/v1/day">.
// Each <div class="plot" data-series="[…]"> is a chart; the steps stand side by side, and the house's clock is told by the
// server. While the day goes on it is asked for every other second. Without this script the table says the same.
"use strict";
(() => {
  const course = document.getElementById("course");
  if (!course) return;
  const language = course.dataset.language;
  const figures = [...course.querySelectorAll("[data-series]")];
  const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const told = (value, kind) => {
    if (value == null) return "—";
    const digits = kind === "steps" ? 0 : 1;
    const text = value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return kind === "percent" ? `${text}\u00a0%` : text;
  };
  let day = { clock: [] };
  let plots = [];

  // The figures of one line. The share has nothing to divide by until somebody has answered.
  function line(key) {
    if (key === "share") {
      return day.people_so_far.map((people, at) => (people > 0 ? (100 * day.abandoned_so_far[at]) / people : null));
    }
    if (key === "cap") return day.clock.map(() => (day.cap == null ? null : 100 * day.cap));
    return day[key];
  }
  const data = (series) => [day.clock.map((_, at) => at), ...series.map(({ key }) => line(key))];

  // Whole hours, or every other one and so on, so that eight marks are enough.
  function hours() {
    const whole = day.clock.flatMap((clock, at) => (clock.endsWith(":00") ? [at] : []));
    if (whole.length < 2) return day.clock.flatMap((clock, at) => (at % 3 === 0 ? [at] : []));
    const each = Math.ceil(whole.length / 12);
    return whole.filter((_, nth) => nth % each === 0);
  }

  function draw(figure) {
    const { kind, time } = figure.dataset;
    const series = JSON.parse(figure.dataset.series);
    const [soft, grid] = [variable("--soft"), variable("--line")];
    const axis = { stroke: soft, font: "12px system-ui, sans-serif", grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
    const least = kind === "percent" ? 1 : 2;
    const plot = new uPlot(
      {
        width: figure.clientWidth,
        height: 190,
        scales: {
          x: { time: false, range: (_, from, to) => (from === to ? [from - 1, to + 1] : [from, to]) },
          y: { range: (_, __, most) => [0, 1.08 * Math.max(most ?? 0, least)] },
        },
        cursor: { sync: { key: "day" }, drag: { x: false, y: false } },
        axes: [
          { ...axis, splits: hours, values: (_, splits) => splits.map((at) => day.clock[at]) },
          { ...axis, size: 52, values: (_, splits) => splits.map((value) => (kind === "steps" && value % 1 ? "" : told(value, kind === "percent" ? kind : "steps"))) },
        ],
        // Where nobody points, the legend tells the last step.
        series: [
          { label: time, value: (_, __, ___, at) => day.clock[at ?? day.clock.length - 1] },
          ...series.map(({ name, colour, dashed }) => ({
            label: name,
            stroke: variable(colour),
            width: 2,
            dash: dashed ? [6, 4] : undefined,
            paths: kind === "steps" ? uPlot.paths.stepped({ align: 1 }) : undefined,
            points: { show: day.clock.length < 2 },
            value: (plot, value, nth, at) => told(at == null ? plot.data[nth].at(-1) : value, kind),
          })),
        ],
      },
      data(series),
      figure,
    );
    return { plot, series, figure };
  }

  const tell = ({ plot, series }) => plot.setData(data(series));
  function redraw() {
    for (const { plot } of plots) plot.destroy();
    plots = figures.map(draw);
  }

  async function renew() {
    try {
      const answer = await fetch(course.dataset.source);
      if (answer.redirected || answer.status === 401) location.reload();
      course.classList.toggle("stale", !answer.ok);
      if (!answer.ok) return;
      day = await answer.json();
      if (plots.length === 0) redraw(); else plots.forEach(tell);
    } catch {
      course.classList.add("stale");
    }
  }

  renew();
  if (course.dataset.goesOn) setInterval(() => { if (!document.hidden) renew(); }, 2000);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new ResizeObserver(() => {
    for (const { plot, figure } of plots) {
      if (plot.width !== figure.clientWidth) plot.setSize({ width: figure.clientWidth, height: plot.height });
    }
  }).observe(course);
})();
