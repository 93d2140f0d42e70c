/** Colours of Python and of layouts, line by line: a few shapes found by their beginnings, no parser. */

/** Classes of base.css: k keyword, st string, nu number, fn name of what is defined, co comment; "" plain. */
export type Piece = [tone: "" | "k" | "st" | "nu" | "fn" | "co", text: string];

const KEYWORDS =
  "False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|match|case|nonlocal|not|or|pass|raise|return|try|while|with|yield";
const PYTHON = new RegExp(
  [
    String.raw`(?<co>#.*)`,
    String.raw`(?<long>[rbfuRBFU]{0,2}("""|'''))`,
    String.raw`(?<st>[rbfuRBFU]{0,2}(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?))`,
    String.raw`(?<=\b(?:def|class)\s+)(?<fn>\w+)`,
    String.raw`(?<fn2>@[\w.]+)`,
    String.raw`(?<![\w.])(?<k>${KEYWORDS})\b`,
    String.raw`(?<![\w.])(?<nu>\d[\w.]*)`,
  ].join("|"),
  "g",
);
const MARKUP = /(?<co><!--.*?(?:-->|$))|(?<=<\/?)(?<k>\w+)|(?<st>"[^"]*"|'[^']*')|(?<fn>\b[\w-]+(?==))|(?<nu>(?<==)\d+)/g;
/** Lines that are longer stay plain. */
const LONGEST = 2000;

/** The pieces of each line. */
export function coloured(lines: string[], file: string): Piece[][] {
  if (!file.endsWith(".py")) return lines.map((line) => piecesOf(line, MARKUP));
  let open = ""; // the quotes that will end a text of several lines
  return lines.map((line) => {
    const from = open === "" ? 0 : afterEnd(line, open, 0);
    if (from === -1) return [["st", line]];
    const begin: Piece[] = from > 0 ? [["st", line.slice(0, from)]] : [];
    open = "";
    return [...begin, ...piecesOf(line.slice(from), PYTHON, (quotes) => (open = quotes))];
  });
}

const afterEnd = (line: string, quotes: string, from: number): number => {
  const end = line.indexOf(quotes, from);
  return end === -1 ? -1 : end + quotes.length;
};

function piecesOf(line: string, shapes: RegExp, opens: (quotes: string) => void = () => undefined): Piece[] {
  if (line.length > LONGEST) return [["", line]];
  const pieces: Piece[] = [];
  let at = 0;
  const add = (tone: Piece[0], to: number) => {
    if (to > at) pieces.push([tone, line.slice(at, to)]);
    at = Math.max(at, to);
  };
  for (const match of line.matchAll(shapes)) {
    if (match.index < at) continue; // inside a text that ended later than it seemed
    add("", match.index);
    const groups = match.groups ?? {};
    if (groups["long"] !== undefined) {
      const quotes = groups["long"].slice(-3);
      const end = afterEnd(line, quotes, match.index + groups["long"].length);
      if (end === -1) opens(quotes);
      add("st", end === -1 ? line.length : end);
    } else add(toneOf(groups), match.index + match[0].length);
  }
  add("", line.length);
  return pieces;
}

function toneOf(groups: Record<string, string | undefined>): Piece[0] {
  const name = Object.keys(groups).find((one) => groups[one] !== undefined) ?? "";
  return (name === "fn2" ? "fn" : name) as Piece[0];
}
