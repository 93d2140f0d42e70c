import { expect, test } from "vitest";
import { readdirSync, readFileSync } from "node:fs";
import { baseOf } from "./base";

test("the page knows where it lies by its own script", () => {
  expect(baseOf("http://localhost:8080/assets/index-1.js")).toBe("");
  expect(baseOf("https://shop.example.org/admin/dash/assets/base-1.js")).toBe("/admin/dash");
  expect(baseOf("https://shop.example.org/assets/dashboard/assets/base-1.js")).toBe("/assets/dashboard");
  expect(baseOf("http://localhost:5173/src/base.ts")).toBe("");
  expect(baseOf("file:///home/me/assets/base.ts")).toBe("");
});

test("no address of the page is written without the place where it lies", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => /\.(svelte|ts)$/.test(file) && !file.endsWith(".test.ts"));
  const bare = /\b(href|src)="\/|\b(path|href): ["`]\/|router\.go\(["`]\/|location\.assign\(["`]\//;
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => bare.test(readFileSync(`src/${file}`, "utf8")))).toEqual([]);
});
