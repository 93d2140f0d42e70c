/** What loads when a page of services is opened. */
export { default as EndpointPage } from "./EndpointPage.svelte";
export { default as ServicePage } from "./ServicePage.svelte";
export { default as Services } from "./Services.svelte";
