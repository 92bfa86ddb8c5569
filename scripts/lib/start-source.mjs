/** What `npm start` captures when nobody says what. Plain Node, no packages. */

/** Options of `whither serve` that say where packets come from, here or elsewhere. */
const SOURCES = /^(?:-i|--(?:interface|lab|join)(?:=|$))/;

/** `given`: the arguments after `npm start --`. The edge lab, unless they name a source: a port alone is none. */
export function sourceArguments(given) {
  return given.some((argument) => SOURCES.test(argument)) ? [] : ['--lab', 'edge'];
}
