/** What viewers press, choose and type: a part of the page that loads with the first panel that has one. */
export { default as Button } from "./inputs/Button.svelte";
export { default as Select } from "./inputs/Select.svelte";
export { default as Slider } from "./inputs/Slider.svelte";
export { default as TextInput } from "./inputs/TextInput.svelte";
