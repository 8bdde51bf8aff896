import type { Dice } from './dice.ts'
import type { Fault } from './fault.ts'
import type { Question } from './question.ts'
import type { Stream } from './traffic.ts'

/** One run of an incident: what its questions and its debrief may speak of. */
export interface Run<P> {
  readonly parameters: P
  /** When the fault began. */
  readonly beganAt: Date
  /** The app's base URL, without a slash at the end. */
  readonly url: string
  /** The folder of `app.log`, `partner.log` and `metrics/`. */
  readonly logs: string
  readonly dice: Dice
}

/** An incident as somebody on call meets it: a symptom, traffic, questions, and what it was in the end. */
export interface Incident<P> {
  /** What it is called at the command line: a number, which tells nothing. */
  readonly id: string
  /** The fault's name, which tells everything: for the debrief, and for those who ask for it by name. */
  readonly name: string
  readonly title: string
  /** What the people who call you say. */
  readonly report: string
  readonly fault: Fault<P>
  /** What comes beside the everyday traffic. */
  traffic(parameters: P): Stream[]
  questions(run: Run<P>): Question[]
  /** From the symptom to the cause, step by step, as plain text. */
  debrief(run: Run<P>): string
}

/** Lets TypeScript check an incident where it is written, and forgets which parameters it has. */
export function defineIncident<P>(incident: Incident<P>): Incident<unknown> {
  return incident as Incident<unknown>
}
