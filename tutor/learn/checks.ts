import { fork } from 'node:child_process'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { CheckEvent } from '../../lab/lesson-wire.ts'
import { root } from '../exercise/catalogue.ts'
import { ProgressFile } from '../progress/progress.ts'

const SCRIPT = fileURLToPath(new URL('check-process.js', import.meta.url))

/**
 * Checks the claims of a lesson, as `npm run check` does, and remembers the result.
 *
 * @param environment where the server is
 * @param signal ends it
 * @returns its events, one JSON object a line, as they come
 */
export function checkLesson(
  lesson: number,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Readable {
  const child = fork(SCRIPT, [String(lesson)], {
    env: { ...process.env, ...environment, NO_COLOR: '1' },
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    signal,
  })
  const events = new Readable({
    read: () => {},
    destroy: (_error, done) => {
      child.kill()
      done(null)
    },
  })
  const tell = (event: CheckEvent) => void events.push(`${JSON.stringify(event)}\n`)
  let complaint = ''
  let hasEnded = false
  const held: string[] = []
  let checked = 0
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000)
  })
  child.on('message', (event: CheckEvent) => {
    if (event.event === 'outcome') checked++
    if (event.event === 'outcome' && event.ok) held.push(event.title)
    if (event.event === 'end') new ProgressFile(root).rememberClaims(String(lesson), held, checked)
    hasEnded ||= event.event === 'end' || event.event === 'problem'
    tell(event)
  })
  child.on('error', (error) => {
    complaint ||= error.message
  })
  child.on('close', () => {
    if (!hasEnded) tell({ event: 'problem', text: `The check ended early. ${complaint}`.trim() })
    events.push(null)
  })
  return events
}
