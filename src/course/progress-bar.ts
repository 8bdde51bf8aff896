/**
 * A bar such as `[######------]  500 of 1000 courses`. Its length is constant, so the next one overwrites it.
 *
 * @param columns the terminal's width; a longer line would wrap and could not be overwritten
 */
export function progressBar(done: number, total: number, what: string, columns = 80): string {
  const count = ` ${String(done).padStart(String(total).length)} of ${total} ${what}`
  const width = Math.min(40, columns - count.length - 3)
  if (width < 1) return count.slice(1, columns)
  const filled = Math.floor((done / total) * width)
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]${count}`
}
