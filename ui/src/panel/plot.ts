/** One uPlot on the page: made from what a chart says about itself, fed with columns, drawn at most once a frame and only
 * when it is in view. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { labelOf, type Columns, type Dataset, type Scale } from "./chartdata";
import { PAUSE } from "./calm.svelte";
import { color, onRepaint } from "./colors";
import type { dots } from "./dots";
import { line } from "./line";
import { aroundOne, atLeast, lonely } from "./ranges";
import { categoryFit, categorySplits, categoryTicks, numberTicks, timeTicks, type Fit } from "./ticks";

export interface Spec {
  scale: Scale;
  bars: boolean;
  /** How points are drawn between which there are no lines; null where there are. */
  dots: typeof dots | null;
  datasets: Dataset[];
  min: number | null;
  max: number | null;
  /** The last point is of a step that is under way. */
  open: boolean;
  /** Charts of one page whose key is the same share the crosshair. */
  sync: string;
  /** Tells which point the crosshair is at and where that is, in pixels; null when it leaves. */
  pointed: (at: { index: number; left: number; width: number } | null) => void;
}

/** Width of a line, in pixels of the page. */
const LINE = 1.5;
const LEAST = 100;
/** Ticks under a second would all read alike. */
const LEAST_SECONDS = 10;
const GROUP = 0.72;
/** Height of the axis of categories, in pixels. */
const FLAT = 26;
const SLANTED = 64;
const DASHES = [6, 4];
/** Radius of a point where it is all there is, in pixels. */
const DOT = 3;

export class Plot {
  readonly #u: uPlot;
  readonly #sized: ResizeObserver;
  readonly #seen: IntersectionObserver;
  readonly #unpaint: () => void;
  #columns: Columns = { scale: "category", x: [], names: [], series: [] };
  #inView = true;
  #late = false;
  #zoomed = false;
  #labelled = 0;
  #later: ReturnType<typeof setTimeout> | undefined;
  #fitted: { columns: Columns; width: number; fit: Fit } | undefined;

  constructor(
    readonly host: HTMLElement,
    readonly spec: Spec,
  ) {
    this.#u = new uPlot(this.#options(), [[]], host);
    this.#sized = new ResizeObserver(() => this.#u.setSize(this.#size()));
    this.#sized.observe(host);
    this.#seen = new IntersectionObserver((entries) => this.#looked(entries.at(-1)?.isIntersecting ?? true), { rootMargin: "80px" });
    this.#seen.observe(host);
    this.#unpaint = onRepaint(() => this.#u.redraw(false, true));
  }

  update(columns: Columns): void {
    this.#columns = columns;
    if (!this.#inView) this.#late = true;
    else this.#feed();
  }

  show(index: number, visible: boolean): void {
    this.#u.setSeries(index + 1, { show: visible });
  }

  /** Moves the crosshair by points, for the arrow keys. */
  step(by: number): void {
    const { x } = this.#columns;
    if (x.length === 0) return;
    const from = this.#u.cursor.idx ?? (by > 0 ? -1 : x.length);
    const to = Math.max(0, Math.min(x.length - 1, from + by));
    this.#u.setCursor({ left: this.#u.valToPos(x[to] as number, "x"), top: 10 });
  }

  destroy(): void {
    this.#sized.disconnect();
    this.#seen.disconnect();
    this.#unpaint();
    clearTimeout(this.#later);
    this.#u.destroy();
  }

  #looked(inView: boolean): void {
    this.#inView = inView;
    if (inView && this.#late) this.#feed();
  }

  #feed(): void {
    this.#late = false;
    this.#u.setData([this.#columns.x, ...this.#columns.series] as uPlot.AlignedData, !this.#zoomed);
    if (this.#zoomed) this.#u.redraw();
    // Points that move through a full chart change the labels of its categories, and not their scale: uPlot looks at that alone.
    if (this.spec.scale === "category") this.#relabel();
  }

  /** At most four times a second, for nobody reads faster; at once if it is time, else when nothing follows. */
  #relabel(): void {
    clearTimeout(this.#later);
    const now = performance.now();
    if (now - this.#labelled < PAUSE) {
      this.#later = setTimeout(() => this.#relabel(), PAUSE);
      return;
    }
    this.#labelled = now;
    this.#u.redraw(false, true);
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(80, this.host.clientWidth), height: Math.max(LEAST, this.host.clientHeight) };
  }

  #options(): uPlot.Options {
    const { spec } = this;
    return {
      ...this.#size(),
      legend: { show: false },
      padding: [8, spec.scale === "time" ? 28 : spec.scale === "logarithmic" ? 24 : 12, 0, 4],
      cursor: { sync: { key: spec.sync, setSeries: false }, points: { size: 7, width: 2, fill: () => color("--surface") }, drag: { x: true, y: false } },
      scales: { x: this.#xScale(), y: { range: (_, low, high) => this.#yRange(low, high) } },
      axes: [this.#xAxis(), this.#yAxis()],
      series: [{}, ...spec.datasets.map((dataset, index) => this.#series(dataset, index))],
      hooks: {
        setCursor: [(u) => this.#pointed(u)],
        setSelect: [(u) => (this.#zoomed = u.select.width > 0 || this.#zoomed)],
        ready: [(u) => u.over.addEventListener("dblclick", () => (this.#zoomed = false))],
      },
    };
  }

  #pointed(u: uPlot): void {
    const { idx, left } = u.cursor;
    const at = idx == null || left == null || left < 0 ? null : { index: idx, left: left + u.bbox.left / devicePixelRatio, width: this.host.clientWidth };
    this.spec.pointed(at);
  }

  #xScale(): uPlot.Scale {
    const { scale, bars, dots } = this.spec;
    if (scale === "logarithmic") return { time: false, distr: 3 };
    const range = (_: uPlot, low: number, high: number): [number, number] => {
      const { x } = this.#columns;
      // uPlot makes a day of one point: a minute around it says more.
      if (x.length === 1) return aroundOne(x[0] as number, scale);
      const room = dots ? (high - low) / 40 : !bars ? 0 : scale === "category" ? 0.5 : this.#spacing() / 2;
      return scale === "time" ? atLeast(low - room, high + room, LEAST_SECONDS) : [low - room, high + room];
    };
    return { time: scale === "time", range: range as uPlot.Range.Function };
  }

  /** From zero for bars and areas; what the script fixed holds. */
  #yRange(low: number | null, high: number | null): [number, number] {
    const { min, max, bars, datasets } = this.spec;
    if (low === null || high === null) return [min ?? 0, max ?? Math.max(1, (min ?? 0) + 1)];
    const fromZero = bars || datasets.some((dataset) => dataset.fill);
    const [from, to] = uPlot.rangeNum(fromZero ? Math.min(0, low) : low, fromZero ? Math.max(0, high) : high, 0.08, true);
    const bottom = min ?? (fromZero && low >= 0 ? 0 : from ?? 0);
    const top = max ?? to ?? 1;
    return bottom < top ? [bottom, top] : [bottom, bottom + 1];
  }

  #axis(): uPlot.Axis {
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    return {
      stroke: () => color("--muted"),
      font,
      grid: { stroke: () => color("--grid"), width: 1 },
      ticks: { stroke: () => color("--line-strong"), width: 1, size: 4 },
      gap: 4,
    };
  }

  #xAxis(): uPlot.Axis {
    const axis: uPlot.Axis = { ...this.#axis(), size: this.spec.scale === "time" ? 38 : FLAT, grid: { show: false } };
    axis.border = { show: true, stroke: () => color("--line-strong"), width: 1 };
    if (this.spec.scale === "category") {
      axis.splits = (u) => categorySplits(this.#columns.x.length, this.#fit(u).every);
      axis.values = (u, splits) => categoryTicks(splits, (index) => labelOf(this.#columns, index), this.#fit(u).letters);
      axis.rotate = (u) => this.#fit(u).slant;
      axis.size = (u) => (this.#fit(u).slant ? SLANTED : FLAT);
    } else if (this.spec.scale === "time") {
      axis.space = 70;
      axis.values = (_, splits) => timeTicks(splits);
    } else axis.values = (_, splits) => numberTicks(splits);
    return axis;
  }

  /** Asked four times with every change, and worth keeping for it: it reads many labels. */
  #fit(u: uPlot): Fit {
    const columns = this.#columns;
    const width = u.bbox.width / devicePixelRatio;
    if (this.#fitted?.columns !== columns || this.#fitted.width !== width) {
      this.#fitted = { columns, width, fit: categoryFit(columns.x.length, width, this.spec.bars, (index) => labelOf(columns, index)) };
    }
    return this.#fitted.fit;
  }

  #yAxis(): uPlot.Axis {
    return {
      ...this.#axis(),
      space: 40,
      ticks: { show: false },
      gap: 8,
      values: (_, splits) => numberTicks(splits),
      // In steps, so that a digit more does not shift the plot with every value.
      size: (_, values) => Math.max(40, Math.ceil((12 + 6.5 * Math.max(0, ...(values ?? []).map((text) => text?.length ?? 0))) / 12) * 12),
    };
  }

  #series(dataset: Dataset, index: number): uPlot.Series {
    const token = `--s${dataset.color}`;
    const series: uPlot.Series = { label: dataset.label, stroke: () => color(token), width: LINE, spanGaps: false };
    const { bars, spline } = uPlot.paths;
    if (this.spec.bars) {
      series.fill = () => color(token);
      series.width = 0;
      series.points = { show: false };
      if (bars) series.paths = bars({ size: [GROUP, 64, 1], ...(this.spec.datasets.length > 1 ? { disp: this.#beside(index) } : {}) });
      return series;
    }
    if (this.spec.dots) {
      series.paths = this.spec.dots(() => color(token, 0.75), dataset.radius ?? DOT);
      series.points = { show: false };
      return series;
    }
    const fill = dataset.fill ? () => color(token, 0.12) : null;
    const dashes = index >= 4 ? DASHES : [];
    const curve = dataset.tension ? spline?.() : undefined;
    if (fill) series.fill = fill;
    if (curve) series.dash = dashes.map((length) => length * uPlot.pxRatio);
    series.paths = curve ?? line({ width: LINE, color: () => color(token), fill, dashes, open: this.spec.open });
    // Exact, for rounded to whole pixels a thinned line would bend.
    series.pxAlign = 0;
    // A point stands out only where it is alone between gaps, or where the script says so.
    const alone: uPlot.Series.Points.Filter = (u, at) => lonely(u.data[at] as (number | null)[]);
    series.points = dataset.radius ? { show: true, size: dataset.radius * 2 } : { show: false, size: 6, filter: alone, fill: () => color("--surface") };
    return series;
  }

  #spacing(): number {
    const { x } = this.#columns;
    let least = Infinity;
    for (let i = 1; i < x.length; i += 1) least = Math.min(least, (x[i] as number) - (x[i - 1] as number) || Infinity);
    return Number.isFinite(least) ? least : 1;
  }

  /** Bars of several datasets stand side by side. */
  #beside(index: number): uPlot.Series.BarsPathBuilderDisplay {
    const layout = () => {
      const visible = this.#u.series.slice(1).flatMap((series, i) => (series.show ? [i] : []));
      const group = this.#spacing() * GROUP;
      const width = group / Math.max(1, visible.length);
      return { width, from: -group / 2 + visible.indexOf(index) * width };
    };
    return {
      x0: { unit: 1, values: () => this.#columns.x.map((x) => x + layout().from) },
      size: { unit: 1, values: () => [layout().width] },
    };
  }
}
