/** A metric and the labels in its selector. */
export interface Selector {
  readonly metric: string
  readonly labels: readonly string[]
}

/** Every `metric{label="…"}` of a PromQL expression, found without a parser. */
export function selectorsOf(expr: string): Selector[] {
  return [...expr.matchAll(/([a-zA-Z_:][\w:]*)\s*\{([^}]*)\}/g)].map(([, metric = '', inside = '']) => ({
    metric,
    labels: [...inside.replace(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(
      ([, label]) => label as string,
    ),
  }))
}
