/** What people see when something cannot be done: one line, the cause and what to do about it. */
export class Failure extends Error {
  readonly remedy: string;

  /** `cause` and `remedy` are sentences without a final full stop. */
  constructor(cause: string, remedy: string) {
    super(cause);
    this.name = 'Failure';
    this.remedy = remedy;
  }

  get line(): string {
    return `${this.message}: ${this.remedy}.`;
  }
}

/** One line for any thrown value; a stack is never shown unless WHITHER_DEBUG=1 asks for it. */
export function lineOf(thrown: unknown): string {
  if (thrown instanceof Failure) return thrown.line;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/\s+/g, ' ');
}

/** The `code` of a system error (`ENOENT`, …), '' for anything else. */
export function codeOf(thrown: unknown): string {
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return '';
}
