import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as stable from '@opentelemetry/semantic-conventions'
import * as incubating from '@opentelemetry/semantic-conventions/incubating'

const PACKAGE = '@opentelemetry/semantic-conventions'

/** `ATTR_…` constants are names, or functions that build a name from a key: `http.request.header.<key>`. */
function namesOf(exports: object): { readonly names: string[]; readonly prefixes: string[] } {
  const attributes = Object.entries(exports).filter(([constant]) => constant.startsWith('ATTR_'))
  return {
    names: attributes.flatMap(([, value]) => (typeof value === 'string' ? [value] : [])),
    prefixes: attributes.flatMap(([, value]) => (typeof value === 'function' ? [value('') as string] : [])),
  }
}

/** Deprecated names of the registry. The package marks them only in comments of its declarations. */
function deprecated(): Set<string> {
  const main = fileURLToPath(import.meta.resolve(PACKAGE))
  const found = new Set<string>()
  for (const file of ['stable', 'experimental']) {
    const declarations = readFileSync(main.replace(/index\.mjs$/, `${file}_attributes.d.mts`), 'utf8')
    for (const [, comment = '', name = ''] of declarations.matchAll(
      /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*declare const ATTR_\w+: "([^"]+)"/g,
    )) {
      if (comment.includes('@deprecated')) found.add(name)
    }
  }
  return found
}

const { names, prefixes } = namesOf({ ...incubating, ...stable })
const outdated = deprecated()
if (!outdated.has('db.statement'))
  throw new Error(`${PACKAGE} no longer marks deprecated names with the expected comment`)

/** Whether OpenTelemetry's registry of attributes has the name and has not deprecated it. */
export function isRegistered(name: string): boolean {
  if (outdated.has(name)) return false
  return names.includes(name) || prefixes.some((prefix) => name.startsWith(prefix) && name.length > prefix.length)
}

/** The same for a name in Prometheus's spelling: `http_route`. */
export function isRegisteredLabel(label: string): boolean {
  return names.some((name) => name.replaceAll('.', '_') === label && !outdated.has(name))
}
