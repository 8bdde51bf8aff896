import type { Random } from './random.ts'

export interface Question {
  readonly ask: string
  /** The options of a multiple choice. */
  readonly options?: readonly string[]
  /** How many answers may be wrong before it is told; any number without it. */
  readonly tries?: number
  /** The form of an answer: completes "Answer with …". */
  readonly form: string
  /** Increasingly specific. */
  readonly hints: readonly string[]
  /** The answer in its usual spelling. */
  readonly solution: string
  /** @returns undefined when the answer is right, otherwise advice */
  check(answer: string): string | undefined
}

interface Asked {
  readonly ask: string
  readonly hints: readonly string[]
}

/** A third guess among four options proves nothing. */
const CHOICE_TRIES = 2

/** A multiple choice, answered with a letter. Each wrong option explains why it is wrong. */
export function choice(
  { ask, hints, right, wrong }: Asked & { right: string; wrong: Readonly<Record<string, string>> },
  random: Random,
): Question {
  const options = random.shuffle([right, ...Object.keys(wrong)])
  return {
    ask,
    hints,
    options,
    tries: CHOICE_TRIES,
    form: `a letter, a to ${letter(options.length - 1)}`,
    solution: letter(options.indexOf(right)),
    check(answer) {
      const option = options[indexOfLetter(answer)]
      if (option === undefined) return `Answer with a letter, a to ${letter(options.length - 1)}.`
      return option === right ? undefined : wrong[option]
    },
  }
}

/** A name from the telemetry: a route, a metric, an id. Case, quotes and a leading method are ignored. */
export function word({
  ask,
  hints,
  form,
  right,
  nudge,
}: Asked & { form: string; right: readonly [string, ...string[]]; nudge: string }): Question {
  const accepted = right.map(plain)
  return {
    ask,
    hints,
    form,
    solution: right[0],
    check: (answer) => (accepted.includes(plain(answer)) ? undefined : nudge),
  }
}

/** @param within tolerance of an answer */
export function number({
  ask,
  hints,
  form,
  right,
  within,
  nudge,
}: Asked & { form: string; right: number; within: number; nudge: string }): Question {
  return {
    ask,
    hints,
    form,
    solution: String(right),
    check(answer) {
      const [digits] = /^-?\d+(\.\d+)?/.exec(answer) ?? []
      if (digits === undefined) return `Answer with ${form}.`
      return Math.abs(Number(digits) - right) <= within ? undefined : nudge
    },
  }
}

const DAY_SECONDS = 86_400

/** A time of day in UTC, as in the logs. @param within tolerance in seconds */
export function time({ ask, hints, right, within }: Asked & { right: Date; within: number }): Question {
  const form = 'a time of day in UTC, such as 14:05:30'
  return {
    ask,
    hints,
    form,
    solution: clock(right),
    check(answer) {
      const [, hours, minutes, seconds] = /^(?:\d{4}-\d\d-\d\dT)?(\d\d?):(\d\d):(\d\d)(?:\.\d+)?Z?$/i.exec(answer) ?? []
      if (hours === undefined) return `Answer with ${form}: hours, minutes and seconds.`
      const given = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
      const off = difference(given, right.getUTCHours() * 3600 + right.getUTCMinutes() * 60 + right.getUTCSeconds())
      if (Math.abs(off) <= within) return undefined
      if (Math.abs(off % 1800) <= within)
        return 'That may be your own time zone. The logs have UTC, with a Z at the end.'
      return off < 0
        ? 'At that time all was well still.'
        : 'It had been going on for a while by then. Look for the first sign.'
    },
  }
}

/** 17:15:30, in UTC. */
export function clock(time: Date): string {
  return time.toISOString().slice(11, 19)
}

/** The shorter difference on a 24-hour clock, for incidents around midnight. */
function difference(a: number, b: number): number {
  const off = a - b
  if (off > DAY_SECONDS / 2) return off - DAY_SECONDS
  return off < -DAY_SECONDS / 2 ? off + DAY_SECONDS : off
}

function letter(index: number): string {
  return String.fromCharCode(97 + index)
}

/** The place of an option by its letter, `b` or `b)`; Infinity for anything else. */
export function indexOfLetter(answer: string): number {
  const [, found] = /^([a-z])\)?$/.exec(answer.toLowerCase()) ?? []
  return found === undefined ? Number.POSITIVE_INFINITY : found.charCodeAt(0) - 97
}

function plain(text: string): string {
  return text
    .trim()
    .replace(/^["'`]|["'`]$/g, '')
    .replace(/^(get|post|patch|delete) +(?=\/)/i, '')
    .replace(/(.)\/$/, '$1')
    .toLowerCase()
}
