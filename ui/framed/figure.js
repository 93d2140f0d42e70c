// @ts-check
/**
 * Draws the figure that the page around this frame gives it. What a script made is drawn here and nowhere else: the frame
 * is a sandbox, an origin of its own, from which nothing of the deck can be reached.
 *
 * In: {text: the figure's JSON, look}. Out: {is: "ready"}, {is: "drawn"}, {is: "failed", why}.
 */
(() => {
  const Plotly = /** @type {any} */ (window).Plotly;
  const place = /** @type {HTMLElement} */ (document.getElementById("figure"));
  const known = new Set(Object.keys(Plotly.PlotSchema.get().traces));

  /** @param {{is: string, why?: string}} said */
  const say = (said) => parent.postMessage(said, "*");

  /** What the page looks like, as Plotly says it. @param {any} look */
  function templateOf(look) {
    const axis = { gridcolor: look.grid, zerolinecolor: look.line, linecolor: look.line, tickcolor: look.line, automargin: true };
    return {
      layout: {
        paper_bgcolor: look.surface,
        plot_bgcolor: look.surface,
        font: { color: look.text, family: look.font, size: 12 },
        colorway: look.colors,
        hoverlabel: { bgcolor: look.raised, bordercolor: look.line, font: { color: look.text, family: look.font } },
        margin: { l: 48, r: 16, t: 32, b: 40 },
        xaxis: axis,
        yaxis: axis,
        legend: { bgcolor: "rgba(0,0,0,0)" },
        colorscale: { sequential: look.ramp, sequentialminus: look.ramp },
        coloraxis: { colorbar: { outlinewidth: 0 } },
      },
      data: {
        heatmap: [{ colorscale: look.ramp, colorbar: { outlinewidth: 0 } }],
        pie: [{ marker: { line: { color: look.surface, width: 1 } } }],
        bar: [{ marker: { line: { width: 0 } } }],
        histogram: [{ marker: { line: { color: look.surface, width: 0.5 } } }],
      },
    };
  }

  /** @param {any} given */
  async function draw(given) {
    const { data = [], layout = {} } = JSON.parse(given.text);
    const strange = [...new Set(data.map((/** @type {any} */ trace) => trace.type ?? "scatter"))].filter((type) => !known.has(type));
    if (strange.length > 0) return say({ is: "failed", why: strange.join(", ") });
    document.documentElement.style.colorScheme = given.look.dark ? "dark" : "light";
    document.documentElement.style.background = given.look.surface;
    // The frame says how large it is, and the page how it looks; what the figure itself sets holds.
    const { width: _, height: __, ...own } = layout;
    const options = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["toImage", "select2d", "lasso2d"] };
    await Plotly.react(place, data, { ...own, template: templateOf(given.look), autosize: true }, options);
    return say({ is: "drawn" });
  }

  addEventListener("message", (event) => {
    if (event.source === parent) draw(event.data).catch((error) => say({ is: "failed", why: String(error) }));
  });
  say({ is: "ready" });
})();
