/** The ways around a blocked WebSocket: the page loads them when it meets one. */
export { opensEvents } from "./events";
export { opensPolls } from "./polls";
