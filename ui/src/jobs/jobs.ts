/** What loads when a page of jobs is opened. */
export { default as JobPage } from "./JobPage.svelte";
export { default as Jobs } from "./Jobs.svelte";
