/**
 * The text if it has at most `length` characters, else its beginning and how much more there was. The beginning is a
 * copy: a part of a string would keep all of it in memory.
 */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text
  return Buffer.from(`${text.slice(0, length)}… (${text.length - length} more characters)`).toString()
}
