import type { TraceState } from '@opentelemetry/api'

const MAX_MEMBERS = 32

/** Printable ASCII and tabs. It excludes the other white space that `trim` removes. */
const TEXT = /^[\t\x20-\x7e]*$/

/** `key=value`. A value may begin with spaces, but not end with one. */
const MEMBER = /^[a-z\d][a-z\d_*/@-]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/**
 * Reads `tracestate`, a list with one member for each tracing system: `rojo=00f067aa0ba902b7,congo=t61rcWkgMzE`.
 * Several headers arrive joined by commas, so empty members are allowed.
 *
 * @returns undefined for an empty or invalid list. The valid part alone could mislead the system that wrote it.
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

/** The members in their original order, including duplicate keys. */
class MemberList implements TraceState {
  readonly #members: readonly string[]

  constructor(members: readonly string[]) {
    this.#members = members
  }

  get(key: string): string | undefined {
    return this.#members.find((member) => member.startsWith(`${key}=`))?.slice(key.length + 1)
  }

  /** Moves the changed member to the front and drops members past the maximum from the end. */
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
