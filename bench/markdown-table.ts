/** A table in Markdown: the first line is the heading, and all columns but the first hold numbers. */
export function markdownTable(cells: readonly (readonly string[])[]): string {
  const [heading = []] = cells
  const widths = heading.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  const lines = cells.map((line) => markdownLine(line.map((cell, column) => pad(cell, column, widths[column] ?? 0))))
  const rule = markdownLine(
    widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)),
  )
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}

function pad(cell: string, column: number, width: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}

function markdownLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
