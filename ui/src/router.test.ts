import { describe, expect, it } from "vitest";
import { decoded, encoded, hookPath, routeOf, router, runPath, scriptPath, sourcePath } from "./router.svelte";

describe("addresses", () => {
  it.each([
    ["/", { page: "overview" }],
    ["/scripts", { page: "scripts" }],
    ["/scripts/sample", { page: "script", segment: "sample", tab: "panel", rest: [] }],
    ["/scripts/a%20b/runs", { page: "script", segment: "a%20b", tab: "runs", rest: [] }],
    ["/scripts/a/hooks/main.clean/1k0", { page: "script", segment: "a", tab: "hooks", rest: ["main.clean", "1k0"] }],
    ["/schedules", { page: "schedules" }],
    ["/runs", { page: "runs" }],
    ["/jobs", { page: "jobs" }],
    ["/jobs/01jp3z6t8q", { page: "job", id: "01jp3z6t8q" }],
    ["/runs/01jp3z6t8q", { page: "run", id: "01jp3z6t8q" }],
    ["/runs/1/with/2", { page: "compare", id: "1", other: "2" }],
    ["/kinds/sensor", { page: "kind", name: "sensor" }],
    ["/topics/sensor/a%20b", { page: "topic", topic: "sensor/a%20b" }],
    ["/services/shop", { page: "service", segment: "shop", tab: "" }],
    ["/services/shop/outliers", { page: "service", segment: "shop", tab: "outliers" }],
    ["/services/shop/outliers/1", { page: "part", of: "outliers", service: "shop", id: "1" }],
    ["/services/shop/errors", { page: "service", segment: "shop", tab: "errors" }],
    ["/services/shop/endpoints/GET%20%2F/versions", { page: "endpoint", service: "shop", segment: "GET%20%2F", tab: "versions" }],
    ["/settings", { page: "settings", tab: "tokens" }],
    ["/settings/hub", { page: "settings", tab: "hub" }],
    ["/login", { page: "login" }],
  ])("%s", (path, route) => expect(routeOf(path)).toEqual(route));

  it.each(["/apps", "/scripts/a/wrong", "/scripts/a/runs/b", "/scripts/a/source/b/c", "/runs/1/with", "/schedules/a", "/runs/1/with/2/3", "/settings/none", "/runs/a/b"])("%s is nowhere", (path) =>
    expect(routeOf(path)).toEqual({ page: "missing", path }),
  );

  it("writes addresses that lead back", () => {
    expect(routeOf(scriptPath("a%2Fb", "log"))).toEqual({ page: "script", segment: "a%2Fb", tab: "log", rest: [] });
    expect(routeOf(sourcePath("a", "sub/part.py", 7))).toEqual({ page: "script", segment: "a", tab: "source", rest: ["sub/part.py:7"] });
    expect(routeOf(hookPath("a", "clean"))).toEqual({ page: "script", segment: "a", tab: "hooks", rest: ["clean"] });
    expect(routeOf(runPath("x1"))).toEqual({ page: "run", id: "x1" });
  });

  it("encodes names as topics do", () => {
    expect(encoded("a b/c(1)*!'~._-")).toBe("a%20b%2Fc%281%29%2A%21%27~._-");
    expect(decoded(encoded("GET /cart ü"))).toBe("GET /cart ü");
    expect(decoded("100%")).toBe("100%");
  });
});

it("turns a part of what is asked for, and leaves the rest as it is", () => {
  router.go("/services/shop/latency?endpoint=one&endpoint=two&span=week&a=", true);
  router.turn({ span: "", percentile: "p50" });
  expect(location.search).toBe("?endpoint=one&endpoint=two&a=&percentile=p50");
  router.turn({ endpoint: ["three", "four"], a: [""] });
  expect(location.search).toBe("?percentile=p50&endpoint=three&endpoint=four&a=");
  router.ask({ q: "", order: "name" });
  expect(location.search).toBe("?order=name");
});
