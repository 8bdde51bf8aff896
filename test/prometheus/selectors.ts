/** A metric and the labels that an expression asks of it. */
export interface Selector {
  readonly metric: string
  readonly labels: readonly string[]
}

/** Every `metric{label="…"}` of a PromQL expression, as far as one can see it without a parser. */
export function selectorsOf(expr: string): Selector[] {
  return [...expr.matchAll(/([a-zA-Z_:][\w:]*)\s*\{([^}]*)\}/g)].map(([, metric = '', inside = '']) => ({
    metric,
    labels: [...inside.replace(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(
      ([, label]) => label as string,
    ),
  }))
}
