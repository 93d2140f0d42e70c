import { expect, it } from "vitest";
import { render } from "./renderer";

it("renders Markdown", () => {
  expect(render("The value is: **42**")).toBe("<p>The value is: <strong>42</strong></p>");
  expect(render("# Title")).toBe("<h2>Title</h2>");
  expect(render("| a |\n|--:|\n| 1 |")).toContain('<td class="to-right">1</td>');
});

it("lets neither HTML nor code in addresses through", () => {
  expect(render("<img src=x onerror=alert(1)>")).not.toContain("<img");
  expect(render("<script>alert(1)</script>")).not.toContain("<script");
  expect(render("[x](javascript:alert(1))")).toContain('href=""');
  expect(render("![x](javascript:alert(1))")).toContain('src=""');
  expect(render('[x](https://a "\\" onclick=\\"1")')).not.toMatch(/ onclick="1/);
});
