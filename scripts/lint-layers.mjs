/**
 * Lint rule: imports go down. `src → workers → core ← agent`; nothing between `src` and `agent`.
 * Works on the resolved path, so that neither `../../` nor `#folder/` gets around it.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const MAY_IMPORT = {
  core: ['core'],
  workers: ['workers', 'core'],
  src: ['src', 'workers', 'core'],
  agent: ['agent', 'core'],
};

function topFolder(file) {
  const [top] = path.relative(ROOT, file).split(path.sep);
  return top;
}

const layers = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      up: '{{from}}/ must not import from {{to}}/ (imports go down: src → workers → core ← agent).',
    },
  },
  create(context) {
    const from = topFolder(context.filename);
    const allowed = MAY_IMPORT[from];
    if (!allowed) return {};
    function check(node) {
      const spec = node.source?.value;
      if (typeof spec !== 'string') return;
      let to;
      if (spec.startsWith('#')) to = spec.slice(1).split('/')[0];
      else if (spec.startsWith('.')) to = topFolder(path.resolve(path.dirname(context.filename), spec));
      else return;
      if (!allowed.includes(to)) context.report({ node, messageId: 'up', data: { from, to } });
    }
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};

export default { meta: { name: 'whither' }, rules: { layers } };
