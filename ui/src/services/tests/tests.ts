/** What loads when a page of tests or builds is opened. */
export { default as BuildPage } from "./BuildPage.svelte";
export { default as TestPage } from "./TestPage.svelte";
