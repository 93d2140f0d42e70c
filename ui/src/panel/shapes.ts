/** Charts without axes: a part of the page that loads with the first panel that has one. */
export { default as Heatmap } from "./shapes/Heatmap.svelte";
export { default as PieChart } from "./shapes/PieChart.svelte";
