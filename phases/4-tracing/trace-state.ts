import type { TraceState } from '@opentelemetry/api'

const MAX_MEMBERS = 32

/** Printable ASCII and tabs. Nothing else can be valid, and of the rest `trim` would take more than spaces and tabs. */
const TEXT = /^[\t\x20-\x7e]*$/

/** `key=value`. A value may begin with spaces, but not end with one. */
const MEMBER = /^[a-z\d][a-z\d_*/@-]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/**
 * Reads `tracestate`, in which each tracing system keeps something of its own: `rojo=00f067aa0ba902b7,congo=t61rcWkgMzE`.
 * Several headers arrive joined by commas, so empty members are allowed.
 *
 * @returns undefined for a list that is empty or breaks a rule. A part of it could mislead the system that wrote it.
 *
 * https://www.w3.org/TR/trace-context-2/#tracestate-header
 */
export function parseTraceState(header: string): TraceState | undefined {
  if (!TEXT.test(header)) return undefined
  const members = header
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '')
  const isValid = members.length <= MAX_MEMBERS && members.every((member) => MEMBER.test(member))
  return isValid && members.length > 0 ? new MemberList(members) : undefined
}

/** The members in the order in which they came, also those whose key is there twice. */
class MemberList implements TraceState {
  readonly #members: readonly string[]

  constructor(members: readonly string[]) {
    this.#members = members
  }

  get(key: string): string | undefined {
    return this.#members.find((member) => member.startsWith(`${key}=`))?.slice(key.length + 1)
  }

  /** Who changes a member moves it to the front, and what is too much falls off the end. */
  set(key: string, value: string): TraceState {
    const member = `${key}=${value}`
    return MEMBER.test(member) ? new MemberList([member, ...this.#without(key)].slice(0, MAX_MEMBERS)) : this
  }

  unset(key: string): TraceState {
    return new MemberList(this.#without(key))
  }

  serialize(): string {
    return this.#members.join(',')
  }

  #without(key: string): string[] {
    return this.#members.filter((member) => !member.startsWith(`${key}=`))
  }
}
