import { describe, expect, it } from "vitest";
import type { Total } from "./service";
import type { Member } from "./totals.svelte";
import { depthsOf, matrixOf, valueOf } from "./versions";

const member = (endpoint: string, version: string, count: number, p95: number, first_at: number, failed = 0): Member => ({
  topic: `${endpoint} ${version}`,
  series: { duration: count === 0 ? null : ({ count, p95, p50: p95 / 2, first_at } as Total), errors: failed === 0 ? null : ({ count: failed } as Total) },
  state: { endpoint, version },
});

describe("endpoints by version", () => {
  const members = [member("GET /a", "1.10", 30, 0.2, 200, 3), member("GET /a", "1.9", 10, 0.1, 100), member("GET /b", "1.10", 90, 0.3, 210), member("GET /b", "1.8", 5, 1, 50), member("GET /c", "1.10", 0, 0, 0)];
  it("stand in the order in which versions came, the busiest first", () => {
    const { versions, rows, left } = matrixOf(members, 2);
    expect(versions).toEqual([{ name: "1.9", since: 100, hits: 10 }, { name: "1.10", since: 200, hits: 120 }]);
    expect([left, rows.map(({ endpoint, hits }) => [endpoint, hits])]).toEqual([1, [["GET /b", 90], ["GET /a", 40]]]);
    expect(rows[0]?.figures[0]).toBeNull();
    const values = rows[1]?.figures.map((one, i) => valueOf("share", one, versions[i]));
    expect(values).toEqual([1, 0.25]);
    expect([valueOf("errors", rows[1]?.figures[1] ?? null, versions[1]), valueOf("p95", null, versions[0])]).toEqual([0.1, null]);
  });
  it("are coloured by how much slower than the quickest", () => {
    expect(depthsOf("p95", [0.1, 0.2, null, 0.9], 0)).toEqual([0, 1, 0, 1]);
    expect(depthsOf("errors", [0, 0.05, 0.5], 0)).toEqual([0, 1, 1]);
    expect(depthsOf("share", [0.25, 1], 1)).toEqual([0.5, 1]);
  });
});
