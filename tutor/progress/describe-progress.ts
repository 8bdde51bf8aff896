import type { DrillProgress, Progress } from '../../lab/progress-wire.ts'

/** What was done apart from exercises: a line each for lessons, claims and drills. */
export function describeProgress({ lessons, claims, drills }: Progress): string[] {
  const done = Object.keys(lessons).filter((lesson) => lessons[lesson]?.done)
  const checked = Object.entries(claims).map(([lesson, { passed, of }]) => `${lesson} (${passed.length} of ${of})`)
  const solved = (how: DrillProgress['how']) => Object.keys(drills).filter((id) => drills[id]?.how === how)
  return [
    ...line('Lessons read', done),
    ...line('Claims checked', checked),
    ...line('Drills solved', solved('found')),
    ...line('Drills solved by questions', solved('questions')),
  ]
}

function line(what: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${what}: ${items.join(', ')}.`]
}
