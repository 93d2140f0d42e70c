/** How well a text fits what was typed: its letters in their order, the closer and the nearer to beginnings of words the better. */

export interface Fit {
  score: number;
  /** Which letters of the text fit. */
  at: number[];
  /** The text has what was typed in one piece. */
  whole: boolean;
}

const WHOLE = 12;
const SAME_RUN = 8;
const WORD_BEGINS = 6;
const FIRST = 4;

/** Null if the text has not all letters in their order. */
export function fit(text: string, typed: string): Fit | null {
  const wanted = typed.toLowerCase().replaceAll(/\s+/g, "");
  if (wanted === "") return { score: 0, at: [], whole: true };
  const lower = text.toLowerCase();
  // A text that has it whole is meant more likely than one that has its letters apart.
  const whole = lower.indexOf(typed.toLowerCase().trim());
  const at = whole >= 0 ? [...typed.trim()].map((_, i) => whole + i) : scattered(lower, wanted);
  return at && { score: scoreOf(text, at) + (whole >= 0 ? WHOLE : 0), at, whole: whole >= 0 };
}

function scattered(lower: string, wanted: string): number[] | null {
  const at: number[] = [];
  let from = 0;
  for (const letter of wanted) {
    const begins = wordBegin(lower, letter, from);
    const found = begins >= 0 ? begins : lower.indexOf(letter, from);
    if (found < 0) return plain(lower, wanted);
    at.push(found);
    from = found + 1;
  }
  return at;
}

/** Without jumps to beginnings of words, which may have led too far. */
function plain(lower: string, wanted: string): number[] | null {
  const at: number[] = [];
  for (const letter of wanted) {
    const found = lower.indexOf(letter, (at.at(-1) ?? -1) + 1);
    if (found < 0) return null;
    at.push(found);
  }
  return at;
}

const beginsWord = (text: string, at: number): boolean => at === 0 || /[\s_./-]/.test(text[at - 1] ?? "");

function wordBegin(lower: string, letter: string, from: number): number {
  for (let at = from; at < lower.length; at += 1) if (lower[at] === letter && (at === from || beginsWord(lower, at))) return at;
  return -1;
}

function scoreOf(text: string, at: number[]): number {
  let score = at[0] === 0 ? FIRST : 0;
  at.forEach((place, i) => {
    if (i > 0 && place === (at[i - 1] ?? -2) + 1) score += SAME_RUN;
    if (beginsWord(text, place)) score += WORD_BEGINS;
  });
  return score - text.length / 20;
}

/** A text in pieces, those that fit marked. */
export function pieces(text: string, at: number[]): { text: string; hit: boolean }[] {
  const hits = new Set(at);
  const found: { text: string; hit: boolean }[] = [];
  [...text].forEach((letter, i) => {
    const last = found.at(-1);
    if (last && last.hit === hits.has(i)) last.text += letter;
    else found.push({ text: letter, hit: hits.has(i) });
  });
  return found;
}
