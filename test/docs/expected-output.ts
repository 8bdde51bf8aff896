/** Which id of a document stands for which id of this run. */
export type KnownIds = Map<string, string>

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
/** Those of the seed are the same everywhere. */
const SEEDED = /^01943ad7-aa80-/

/** What differs from run to run, and what may stand in its place. */
const VARIABLE: readonly [find: RegExp, allow: string][] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/y, '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+Z'],
  [/\d\d:\d\d:\d\d\.\d{3}/y, '\\d\\d:\\d\\d:\\d\\d\\.\\d{3}'],
  [/(?<!le=")\d+\.\d+(?:e[+-]\d+)?/y, '\\d+(?:\\.\\d+)?(?:e[+-]\\d+)?'],
  [/\d+(?= MB)/y, '\\d+'],
  [/█+/y, '█+'],
  [/\d{5,}/y, '\\d+'],
]
const ID = new RegExp(`(?<![0-9a-f])(?:${UUID}|[0-9a-f]{32}|[0-9a-f]{16})(?![0-9a-f])`, 'y')

/**
 * Whether a program has printed what a document says, apart from ids, times, durations and large numbers. `…` stands
 * for any text within a line, and on a line of its own for any lines. An id that comes twice must be the same twice:
 * `known` has those of earlier outputs, and gets the new ones.
 */
export function isAsSaid(said: string, printed: string, known: KnownIds): boolean {
  const { pattern, ids } = patternOf(said, known)
  const match = new RegExp(`^\\n*${pattern}\\s*$`).exec(`${printed}\n`)
  remember(match, ids, known)
  return match !== null
}

/** The same, for something that has printed other lines too, before and after. */
export function hasSaid(said: string, printed: string, known: KnownIds): boolean {
  const { pattern, ids } = patternOf(said, known)
  const match = new RegExp(`(?:^|\\n)${pattern}`).exec(printed)
  remember(match, ids, known)
  return match !== null
}

/** A command as it must be typed in this run, with the ids of this run. Its other ids are what they are. */
export function withKnownIds(text: string, known: KnownIds): string {
  return text.replace(new RegExp(ID.source, 'g'), (id) => {
    if (!known.has(id)) known.set(id, id)
    return known.get(id) as string
  })
}

/** What was printed in this run, with the ids that the document has in their place. */
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
  // The last line of an output need not end in a newline.
  const pattern = lines.join('').replace(/\\n$/, '(?:\\n|$)')
  return { pattern: said.trim() === '…' ? '(?:.*\\n?)*?' : pattern, ids }
}

function linePattern(line: string, known: KnownIds, ids: string[]): string {
  // Around the bars of a waterfall the spaces differ, too.
  if (line.includes('█'))
    return line
      .split(/(?<=\S) {2,}/)
      .map((part) => piecePattern(part, known, ids))
      .join(' +')
  const pattern = piecePattern(line, known, ids)
  // An exemplar is in the bucket that its duration fits.
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
