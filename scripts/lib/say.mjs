/** One line on the terminal; `whither:` in front, so that it stands out among the output of tools. */
export function say(line) {
  process.stderr.write(`whither: ${line}\n`);
}

/** Ends with cause and remedy and no stack trace. */
export function fail(cause, remedy) {
  say(`${cause} ${remedy}`);
  process.exit(1);
}
