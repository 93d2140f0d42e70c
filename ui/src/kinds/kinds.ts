/** What loads when a page of a declared kind is opened. */
export { default as KindPage } from "./KindPage.svelte";
export { default as TopicPage } from "./TopicPage.svelte";
