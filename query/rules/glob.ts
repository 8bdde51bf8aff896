import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const WILD = /[*?[]/

/**
 * The paths that match a pattern, as Go's `filepath.Glob` finds them: `*`, `?` and `[a-z]` stand for characters of one
 * name. Sorted; empty when there is none.
 */
export function glob(pattern: string): string[] {
  if (!WILD.test(pattern)) return existsSync(pattern) ? [pattern] : []
  const isAbsolute = pattern.startsWith('/')
  const names = pattern.split('/').filter((name) => name !== '')
  return names.reduce<string[]>(
    (found, name) => found.flatMap((folder) => inFolder(folder, name)),
    [isAbsolute ? '/' : ''],
  )
}

function inFolder(folder: string, name: string): string[] {
  const path = (one: string): string => (folder === '' ? one : join(folder, one))
  if (!WILD.test(name)) return existsSync(path(name)) ? [path(name)] : []
  const expression = toExpression(name)
  return entriesOf(folder === '' ? '.' : folder)
    .filter((one) => expression.test(one))
    .sort()
    .map(path)
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // Not a folder, or not ours to read: nothing in it matches.
    return []
  }
}

function toExpression(name: string): RegExp {
  const source = name.replace(/\[[^\]]*\]|[\s\S]/g, (part) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    return part.length > 1 ? part.replaceAll('\\', '\\\\') : part.replace(/[\\^$.+(){}|[\]]/, '\\$&')
  })
  return new RegExp(`^${source}$`, 's')
}
