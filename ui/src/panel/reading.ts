/** What is read at length: a part of the page that loads with the first panel that has one. */
export { default as Json } from "./reading/Json.svelte";
export { default as Log } from "./reading/Log.svelte";
export { default as Markdown } from "./reading/Markdown.svelte";
