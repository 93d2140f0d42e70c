/** What shows or offers a file: a part of the page that loads with the first panel that has one. */
export { default as Download } from "./files/Download.svelte";
export { default as Figure } from "./files/Figure.svelte";
export { default as Image } from "./files/Image.svelte";
