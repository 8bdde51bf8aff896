import type { SyntaxNode } from '@lezer/common'
import type { TextRange } from '../promql/expression.ts'

/** The nodes of a list, which the grammar nests to the left. */
export function leaves(node: SyntaxNode, list: string, item: string): SyntaxNode[] {
  return children(node).flatMap((child) =>
    child.name === list ? leaves(child, list, item) : child.name === item ? [child] : [],
  )
}

/** Without comments. */
export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.name !== 'LineComment') found.push(child)
  return found
}

/** Where it is in the text. */
export function rangeOf({ from, to }: TextRange): TextRange {
  return { from, to }
}

/** The number that a node of the grammar stands for, with its sign. */
export function numberIn(text: string, node: SyntaxNode): number {
  const { from, to } = node.getChild('Number') ?? node
  const value = Number(text.slice(from, to))
  return node.getChild('Sub') === null ? value : -value
}
