export interface Column {
  readonly title: string
  readonly cells: readonly string[]
  /** Numbers are. */
  readonly isRight?: boolean
}

const GAP = '  '

/** Columns beside each other, each as wide as its widest cell. */
export function table(columns: readonly Column[]): string[] {
  const rows = Math.max(0, ...columns.map(({ cells }) => cells.length))
  const widths = columns.map(widthOf)
  const row = (cellOf: (column: Column) => string) =>
    columns
      .map((column, i) =>
        column.isRight ? padStart(cellOf(column), widths[i] as number) : padEnd(cellOf(column), widths[i] as number),
      )
      .join(GAP)
      .trimEnd()
  return [row(({ title }) => title), ...Array.from({ length: rows }, (_, i) => row(({ cells }) => cells[i] ?? ''))]
}

/** How many characters a table of these columns takes. */
export function widthOfTable(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + widthOf(column), (columns.length - 1) * GAP.length)
}

function widthOf({ title, cells }: Column): number {
  return Math.max(lengthOf(title), ...cells.map(lengthOf))
}

/** In code points; a surrogate pair is one character of the terminal. */
function lengthOf(text: string): number {
  return [...text].length
}

function padStart(text: string, width: number): string {
  return ' '.repeat(width - lengthOf(text)) + text
}

function padEnd(text: string, width: number): string {
  return text + ' '.repeat(width - lengthOf(text))
}
