import type { Cause, Misleading } from './cause.ts'
import type { Fault } from './fault.ts'
import type { Question } from './question.ts'
import type { Random } from './random.ts'
import type { Stream } from './traffic.ts'

/** The details of one run, used by questions and debrief. */
export interface Run<P> {
  readonly parameters: P
  /** When the fault began. */
  readonly beganAt: Date
  /** The app's base URL, without a trailing slash. */
  readonly url: string
  /** The folder of `app.log`, `partner.log` and `metrics/`. */
  readonly logs: string
  readonly random: Random
}

/** An incident as an on-call engineer meets it: a symptom, traffic, questions, and the cause. */
export interface Incident<P> {
  /** The number used at the command line, which does not reveal the fault. */
  readonly id: string
  /** The fault's name, which the command line accepts too. */
  readonly name: string
  readonly title: string
  /** The report of the people who call you. */
  readonly report: string
  readonly fault: Fault<P>
  /** Traffic in addition to the everyday traffic. */
  traffic(parameters: P): Stream[]
  /** What is to be found, each with the evidence that shows it. */
  causes(run: Run<P>): readonly Cause[]
  /** Wrong answers that are near at hand. */
  readonly misleading?: readonly Misleading[]
  /** For those who ask for them. */
  questions(run: Run<P>): Question[]
  /** From the symptom to the cause, step by step, as plain text. */
  debrief(run: Run<P>): string
}

/** Type-checks an incident against its parameters, then erases their type. */
export function defineIncident<P>(incident: Incident<P>): Incident<unknown> {
  return incident as Incident<unknown>
}
