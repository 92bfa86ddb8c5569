/** One line of a note, for a place that has no room for Markdown; its parser comes with the dialog that shows all of it. Pure. */

/** More is never seen there; notes are of others, and can be long. */
const MAX_CHARS = 160;

/** The words of the first line that has any, without the signs of Markdown around them. */
export function firstLine(note: string): string {
  for (const line of note.split('\n')) {
    const words = withoutSigns(line.slice(0, MAX_CHARS)).trim();
    if (words !== '') return words;
  }
  return '';
}

function withoutSigns(line: string): string {
  return line
    .replace(/^\s*(?:```.*$|(?:#{1,6}|[-*+>]|\d+[.)])\s+)/, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(\*\*|__|~~|`)(.+?)\1/g, '$2')
    .replace(/(?<![\w*])([*_])(\S(?:.*?\S)?)\1(?![\w*])/g, '$2');
}
