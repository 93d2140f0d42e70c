import "./styles/all.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { base, entrance } from "./base";
import { keys } from "./keys.svelte";
import { router } from "./router.svelte";
import { session } from "./session.svelte";
import { appearance } from "./theme.svelte";

appearance.start();
keys.start();
router.start();
if (base !== "" && router.route.page === "overview") router.go(entrance + location.hash, true);
// A login link brings a session: there is none to ask for before its code is posted.
if (location.hash.startsWith("#code=")) session.state = "out";
else void session.ask();
mount(App, { target: document.getElementById("app") as HTMLElement });
