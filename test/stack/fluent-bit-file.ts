/** A section of a file in Fluent Bit's classic format. */
export interface Section {
  readonly name: string
  /** By lower-case key; repeated keys have several values. */
  readonly values: Readonly<Record<string, readonly string[]>>
}

/**
 * Parses Fluent Bit's classic format: `[NAME]`, followed by indented lines of key and value.
 * https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/classic-mode/format-schema
 *
 * @throws for any other line
 */
export function parseFluentBit(text: string): Section[] {
  const sections: { name: string; values: Record<string, string[]> }[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(#.*)?$/.test(line)) continue
    const [, name] = /^\[([A-Z]+)\]$/.exec(line) ?? []
    const [, key, value] = /^ {4}(\S+) +(\S.*)$/.exec(line) ?? []
    const section = sections.at(-1)
    if (name !== undefined) sections.push({ name, values: {} })
    else if (section && key !== undefined && value !== undefined)
      section.values[key.toLowerCase()] = [...(section.values[key.toLowerCase()] ?? []), value.trim()]
    else throw new Error(`line ${index + 1} is neither a section nor a key with its value: ${line}`)
  }
  return sections
}
