/** Where JSON text stops being JSON. Engines word this differently or not at all, so it is found here. */

/** Deeper nesting than this is refused; a metadata schema needs five. */
export const MAX_JSON_DEPTH = 32;

/** Both counted from 1; columns in UTF-16 units, as editors count. */
export interface JsonPosition {
  readonly line: number;
  readonly column: number;
}

export interface JsonFault extends JsonPosition {
  readonly message: string;
}

/** Line and column of the character at index `at`. */
export function positionIn(text: string, at: number): JsonPosition {
  const before = text.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}

/** The first place where `text` breaks RFC 8259 (or nests deeper than MAX_JSON_DEPTH); null when it does not. */
export function findJsonFault(text: string): JsonFault | null {
  const scanner = new Scanner(text);
  scanner.document();
  const { fault } = scanner;
  if (fault === null) return null;
  return { ...positionIn(text, fault.at), message: fault.message };
}

const SPACE = /[ \t\n\r]*/y;
const FIRST_PRINTABLE = 0x20;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null/y;

class Scanner {
  fault: { at: number; message: string } | null = null;
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): void {
    if (!this.value(0)) return;
    this.space();
    if (this.at < this.text.length) this.fail('something follows the end of the JSON value');
  }

  private value(depth: number): boolean {
    if (depth > MAX_JSON_DEPTH) return this.fail(`nested deeper than ${MAX_JSON_DEPTH} levels`);
    this.space();
    switch (this.text[this.at]) {
      case '{':
        return this.list('}', () => this.member(depth + 1));
      case '[':
        return this.list(']', () => this.value(depth + 1));
      case '"':
        return this.string();
      default:
        return this.match(NUMBER) || this.match(WORD) || this.fail('a value is expected here');
    }
  }

  private member(depth: number): boolean {
    this.space();
    if (this.text[this.at] !== '"') return this.fail('a key in double quotes is expected here');
    if (!this.string()) return false;
    this.space();
    if (this.text[this.at] !== ':') return this.fail('a colon is expected here');
    this.at++;
    return this.value(depth);
  }

  private list(close: '}' | ']', item: () => boolean): boolean {
    this.at++;
    this.space();
    if (this.text[this.at] === close) {
      this.at++;
      return true;
    }
    for (;;) {
      if (!item()) return false;
      this.space();
      const char = this.text[this.at];
      if (char !== close && char !== ',') return this.fail(`a comma or ${close} is expected here`);
      this.at++;
      if (char === close) return true;
      this.space();
      if (this.text[this.at] === close) return this.fail(`a comma must not stand before ${close}`);
    }
  }

  private string(): boolean {
    this.at++;
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined) return this.fail('a string must end with a double quote');
      if (char === '"') {
        this.at++;
        return true;
      }
      if (char.charCodeAt(0) < FIRST_PRINTABLE) {
        return this.fail('a line break or control character must not stand in a string');
      }
      if (char !== '\\') this.at++;
      else if (!this.match(ESCAPE)) return this.fail('JSON does not know this escape');
    }
  }

  private space(): void {
    this.match(SPACE);
  }

  private match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  private fail(message: string): false {
    const ended = this.at >= this.text.length;
    this.fault = { at: this.at, message: ended ? `the text ends here, but ${message}` : message };
    return false;
  }
}
