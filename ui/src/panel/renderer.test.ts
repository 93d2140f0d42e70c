import { expect, it } from "vitest";
import { render } from "./renderer";

it("renders Markdown", () => {
  expect(render("The value is: **42**")).toBe("<p>The value is: <strong>42</strong></p>");
  expect(render("# Title")).toBe("<h2>Title</h2>");
  expect(render("| a |\n|--:|\n| 1 |")).toContain('<td class="to-right">1</td>');
});

it("makes links of images, which the page may not load", () => {
  const link = '<a target="_blank" rel="noopener noreferrer" href="https://a.example/1.png">';
  expect(render("![it](https://a.example/1.png)")).toBe(`<p>${link}it</a></p>`);
  expect(render('![](https://a.example/1.png "title")')).toBe(`<p>${link}https://a.example/1.png</a></p>`);
  expect(render('![a" onload="b](https://a.example/1.png)')).not.toMatch(/ onload="/);
});

it("lets neither HTML nor code in addresses through", () => {
  expect(render("<img src=x onerror=alert(1)>")).not.toContain("<img");
  expect(render("<script>alert(1)</script>")).not.toContain("<script");
  expect(render("[x](javascript:alert(1))")).toContain('href=""');
  expect(render("![x](javascript:alert(1))")).toBe("<p>x</p>");
  expect(render('[x](https://a "\\" onclick=\\"1")')).not.toMatch(/ onclick="1/);
});
