import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as stable from '@opentelemetry/semantic-conventions'
import * as incubating from '@opentelemetry/semantic-conventions/incubating'

const PACKAGE = '@opentelemetry/semantic-conventions'

/** `ATTR_…` constants are names; those that are functions make names from a key: `http.request.header.<key>`. */
function namesOf(exports: object): { readonly names: string[]; readonly prefixes: string[] } {
  const attributes = Object.entries(exports).filter(([constant]) => constant.startsWith('ATTR_'))
  return {
    names: attributes.flatMap(([, value]) => (typeof value === 'string' ? [value] : [])),
    prefixes: attributes.flatMap(([, value]) => (typeof value === 'function' ? [value('') as string] : [])),
  }
}

/** The registry has them, and advises against them. The package says so only in its declarations' comments. */
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
  throw new Error(`${PACKAGE} no longer says what is deprecated in the way that is read here`)

/** Whether OpenTelemetry's registry of attributes has the name, and does not advise against it. */
export function isRegistered(name: string): boolean {
  if (outdated.has(name)) return false
  return names.includes(name) || prefixes.some((prefix) => name.startsWith(prefix) && name.length > prefix.length)
}

/** The same for a name as Prometheus has it: `http_route`. */
export function isRegisteredLabel(label: string): boolean {
  return names.some((name) => name.replaceAll('.', '_') === label && !outdated.has(name))
}
