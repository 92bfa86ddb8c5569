/**
 * Markdown of others as elements: the kinds that are listed here and no other. HTML in it is shown as the text that it is, pictures
 * are not fetched, and a link goes to http and https only.
 */
import { Fragment, type ReactNode } from 'react';
import { fromMarkdown } from 'mdast-util-from-markdown';

type Node = ReturnType<typeof fromMarkdown>['children'][number];

/** By depth; those further down are as the last. */
const HEADINGS = ['h2', 'h3', 'h4'] as const;
/** Deeper nesting is text. */
const MAX_DEPTH = 24;

export function Markdown({ text }: { readonly text: string }) {
  return <div className="markdown">{all(fromMarkdown(text).children, 0)}</div>;
}

function all(nodes: readonly Node[], depth: number): ReactNode {
  return nodes.map((node, i) => <Fragment key={i}>{one(node, depth + 1)}</Fragment>);
}

function one(node: Node, depth: number): ReactNode {
  if (depth > MAX_DEPTH) return '…';
  switch (node.type) {
    case 'heading': {
      const Heading = HEADINGS[node.depth - 1] ?? 'h4';
      return <Heading>{all(node.children, depth)}</Heading>;
    }
    case 'paragraph':
      return <p>{all(node.children, depth)}</p>;
    case 'text':
    case 'html':
      return node.value;
    case 'strong':
      return <strong>{all(node.children, depth)}</strong>;
    case 'emphasis':
      return <em>{all(node.children, depth)}</em>;
    case 'inlineCode':
      return <code className="mono">{node.value}</code>;
    case 'code':
      return <pre className="mono">{node.value}</pre>;
    case 'list': {
      const List = node.ordered === true ? 'ol' : 'ul';
      return <List>{all(node.children, depth)}</List>;
    }
    case 'listItem':
      return <li>{all(node.children, depth)}</li>;
    case 'blockquote':
      return <blockquote>{all(node.children, depth)}</blockquote>;
    case 'thematicBreak':
      return <hr />;
    case 'break':
      return <br />;
    case 'link':
      return /^https?:\/\//i.test(node.url) ? (
        <a href={node.url} target="_blank" rel="noreferrer noopener">
          {all(node.children, depth)}
        </a>
      ) : (
        all(node.children, depth)
      );
    case 'image':
      return node.alt ?? '';
    default:
      return null;
  }
}
