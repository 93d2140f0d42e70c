/** Loaded with the first text that is shown. Without "allow dangerous", micromark escapes HTML and drops script addresses. */
import { micromark } from "micromark";
import { gfmTable, gfmTableHtml } from "micromark-extension-gfm-table";

export const render = (text: string): string =>
  // An image would be asked for from elsewhere, and tell it who looks: it is a link.
  // Headings of a text stand under the page's own; links leave the deck, and tell nobody where from.
  micromark(text, { extensions: [gfmTable()], htmlExtensions: [gfmTableHtml()] })
    .replace(/<(\/?)h([1-6])>/g, (_, slash: string, level: string) => `<${slash}h${Math.min(6, Number(level) + 1)}>`)
    .replace(/<img src="([^"]*)" alt="([^"]*)"[^>]*>/g, (_, from: string, says: string) => (from ? `<a href="${from}">${says || from}</a>` : says))
    .replaceAll("<a href=", '<a target="_blank" rel="noopener noreferrer" href=')
    .replace(/ align="(left|right|center)"/g, ' class="to-$1"');
