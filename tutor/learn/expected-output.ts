/** Maps ids of a document to ids of this run. */
export type KnownIds = Map<string, string>

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
/** Ids of the seed are the same in each run. */
const SEEDED = /^01943ad7-aa80-/

/** Patterns of values that differ from run to run. */
const VARIABLE: readonly [find: RegExp, allow: string][] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/y, '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+Z'],
  [/\d\d:\d\d:\d\d\.\d{3}/y, '\\d\\d:\\d\\d:\\d\\d\\.\\d{3}'],
  [/\d\d:\d\d:\d\d(?!\.)/y, '\\d\\d:\\d\\d:\\d\\d'],
  [/(?<!le=")\d+\.\d+(?:e[+-]\d+)?/y, '\\d+(?:\\.\\d+)?(?:e[+-]\\d+)?'],
  [/\d+(?= MB)/y, '\\d+'],
  [/█+/y, '█+'],
  [/\d{5,}/y, '\\d+'],
]
const ID = new RegExp(`(?<![0-9a-f])(?:${UUID}|[0-9a-f]{32}|[0-9a-f]{16})(?![0-9a-f])`, 'y')

/**
 * Whether an output matches the document, except for ids, times, durations and large numbers. `…` matches any text
 * within a line, and alone on a line any lines. Repeated ids must be equal: `known` contains the ids of earlier outputs,
 * and new ones are added.
 */
export function isAsSaid(said: string, printed: string, known: KnownIds): boolean {
  const { pattern, ids } = patternOf(said, known)
  const match = new RegExp(`^\\n*${pattern}\\s*$`).exec(`${printed}\n`)
  remember(match, ids, known)
  return match !== null
}

/** The same, with other lines allowed before and after. */
export function hasSaid(said: string, printed: string, known: KnownIds): boolean {
  const { pattern, ids } = patternOf(said, known)
  const match = new RegExp(`(?:^|\\n)${pattern}`).exec(printed)
  remember(match, ids, known)
  return match !== null
}

/** Replaces the document's ids in a command by those of this run. */
export function withKnownIds(text: string, known: KnownIds): string {
  return text.replace(new RegExp(ID.source, 'g'), (id) => {
    if (!known.has(id)) known.set(id, id)
    return known.get(id) as string
  })
}

/** Replaces the ids of this run in an output by those of the document. */
export function withIdsOfDocument(text: string, known: KnownIds): string {
  const theirs = new Map([...known].map(([id, now]) => [now, id]))
  return text.replace(new RegExp(ID.source, 'g'), (id) => theirs.get(id) ?? id)
}

function remember(match: RegExpExecArray | null, ids: readonly string[], known: KnownIds): void {
  ids.forEach((id, index) => {
    const found = match?.groups?.[`id${index}`]
    if (found !== undefined) known.set(id, found)
  })
}

function patternOf(said: string, known: KnownIds): { pattern: string; ids: string[] } {
  const ids: string[] = []
  const lines = said.split('\n').map((line) => {
    if (line.trim() === '…') return '(?:.*\\n)*?'
    return `${linePattern(line, known, ids)}[ \\t]*\\n`
  })
  // The last line may lack a newline.
  const pattern = lines.join('').replace(/\\n$/, '(?:\\n|$)')
  return { pattern: said.trim() === '…' ? '(?:.*\\n?)*?' : pattern, ids }
}

function linePattern(line: string, known: KnownIds, ids: string[]): string {
  // Columns are as wide as what is in them, and the bars of a waterfall stand anywhere.
  const pattern = line
    .split(/(?<=\S) {2,}/)
    .map((part) => piecePattern(part, known, ids))
    .join(line.includes('█') ? ' +' : ' {2,}')
  // The bucket of an exemplar depends on its duration.
  return pattern.replace(/^(\S+_bucket\\\{)le="[^"]*"(?=.* # )/, '$1le="[^"]*"')
}

function piecePattern(line: string, known: KnownIds, ids: string[]): string {
  let pattern = ''
  for (let at = 0; at < line.length; ) {
    const id = matchAt(ID, line, at)
    const variable = VARIABLE.find(([find]) => matchAt(find, line, at) !== undefined)
    if (id !== undefined) {
      pattern += idPattern(id, known, ids)
      at += id.length
    } else if (variable !== undefined) {
      pattern += variable[1]
      at += (matchAt(variable[0], line, at) as string).length
    } else {
      const letter = line[at] as string
      pattern += letter === '…' ? '.*?' : letter.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
      at++
    }
  }
  return pattern
}

function idPattern(id: string, known: KnownIds, ids: string[]): string {
  if (SEEDED.test(id)) return id
  const now = known.get(id)
  if (now !== undefined) return now
  const index = ids.indexOf(id)
  if (index !== -1) return `\\k<id${index}>`
  ids.push(id)
  return `(?<id${ids.length - 1}>${id.includes('-') ? UUID : `[0-9a-f]{${id.length}}`})`
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}
