/**
 * The text if it has at most `length` characters, otherwise its beginning and the number of omitted characters. The
 * beginning is a copy: a substring would keep the whole string in memory.
 */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text
  return Buffer.from(`${text.slice(0, length)}… (${text.length - length} more characters)`).toString()
}
