import { readFileSync } from 'node:fs'
import { dirname, posix } from 'node:path'

/** A file of `phases/`, named from there: `1-logging/logger.ts`. */
export interface Module {
  readonly name: string
  readonly text: string
}

/** What a file imports from, types included, and whose types it extends. */
const SPECIFIER = /^((?:(?:import|export)\b[^'\n]*\bfrom |\} from |import |declare module )')([^'\n]+)(?=')/gm

/**
 * Files, and all that they import.
 *
 * @param folder where they are; `entries` are named from there
 * @param edit changes a file's text before its imports are followed
 * @throws when a file imports something outside of the folder, which a copy of the folder would not have
 */
export function reachableFrom(
  folder: string,
  entries: readonly string[],
  edit: (name: string, text: string) => string,
): Module[] {
  const found = new Map<string, Module>()
  const open = [...entries]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue
    const text = edit(name, readFileSync(posix.join(folder, name), 'utf8'))
    found.set(name, { name, text })
    open.push(...relativeImports(name, text))
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The packages that a file imports from, without Node's own: `@opentelemetry/core`. */
export function packagesIn({ text }: Module): string[] {
  return specifiersIn(text)
    .filter((from) => !from.startsWith('.') && !from.startsWith('node:'))
    .map((from) => (/^(?:@[^/]+\/)?[^/]+/.exec(from) as RegExpExecArray)[0])
}

/** The text with another ending for each file that it imports: `./logger.js`. */
export function withImportsEnding(text: string, ending: string): string {
  return text.replaceAll(SPECIFIER, (_, before: string, from: string) =>
    from.startsWith('.') ? before + from.replace(/\.ts$/, ending) : before + from,
  )
}

function relativeImports(name: string, text: string): string[] {
  return specifiersIn(text)
    .filter((from) => from.startsWith('.'))
    .map((from) => {
      const target = posix.join(dirname(name), from)
      if (target.startsWith('..')) throw new Error(`phases/${name} imports ${from}, which is not in phases/`)
      return target
    })
}

function specifiersIn(text: string): string[] {
  return [...text.matchAll(SPECIFIER)].map(([, , from]) => from as string)
}
