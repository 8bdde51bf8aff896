import { Watch } from './when-late.ts'

/** Two work while another one waits for the disk. */
const AT_ONCE = 3
const MOST_CALLERS = 50
const PATIENCE_MS = 250

/** The row for a caller: the caller's position, from 1 on, then what the statement gives. */
export type CallersRow = readonly [position: number, ...values: unknown[]]

type SendShared = (values: readonly string[]) => Promise<{ readonly rows: readonly CallersRow[] }>

interface Caller {
  readonly values: readonly string[]
  readonly resolve: (row: CallersRow | undefined) => void
  readonly reject: (reason: unknown) => void
}

/**
 * A statement that does for many callers at once what it does for one. A caller who comes while few are under way is
 * served at once. Who comes while three are under way waits until one is answered, and goes with all who wait in the
 * next one: they share its way, its commit and the write to the disk, and none waits for the other's row locks.
 *
 * When something holds up those that are under way, such as a row that somebody else has locked, nobody waits for them
 * longer than 250 ms: then each goes alone, so that none shares a statement with one who is held up as well.
 */
export class SharedStatement {
  readonly #send: SendShared
  readonly #patience = new Watch(PATIENCE_MS, () => this.#goAlone())
  #waiting: Caller[] = []
  #underWay = 0

  /** @param send sends the statement with an array for each of its placeholders, written as PostgreSQL reads it */
  constructor(send: SendShared) {
    this.#send = send
  }

  /** Gives the caller's row, if there is one. Throws what `send` throws. */
  call(values: readonly string[]): Promise<CallersRow | undefined> {
    return new Promise((resolve, reject) => {
      const caller = { values, resolve, reject }
      if (this.#underWay < AT_ONCE) {
        this.#go([caller])
        return
      }
      if (this.#waiting.length === 0) this.#patience.begin()
      this.#waiting.push(caller)
    })
  }

  #go(callers: readonly Caller[]): void {
    this.#underWay++
    this.#send(arraysOf(callers)).then(
      ({ rows }) => {
        this.#done()
        answer(callers, rows)
      },
      (error: unknown) => {
        this.#done()
        for (const { reject } of callers) reject(error)
      },
    )
  }

  #done(): void {
    this.#underWay--
    if (this.#waiting.length === 0 || this.#underWay >= AT_ONCE) return
    const callers = this.#waiting.splice(0, MOST_CALLERS)
    if (this.#waiting.length > 0) this.#patience.begin()
    else this.#patience.end()
    this.#go(callers)
  }

  #goAlone(): void {
    this.#patience.end()
    for (const caller of this.#waiting.splice(0)) this.#go([caller])
  }
}

/** The same for one caller, in a transaction that is that caller's own. */
export async function callAlone(send: SendShared, values: readonly string[]): Promise<CallersRow | undefined> {
  const { rows } = await send(arraysOf([{ values }]))
  return rows[0]
}

function answer(callers: readonly Caller[], rows: readonly CallersRow[]): void {
  const answers: (CallersRow | undefined)[] = new Array(callers.length)
  for (const row of rows) answers[row[0] - 1] = row
  callers.forEach(({ resolve }, index) => {
    resolve(answers[index])
  })
}

/** https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function arraysOf(callers: readonly Pick<Caller, 'values'>[]): string[] {
  const [first] = callers
  if (first === undefined) return []
  return first.values.map((_, column) => {
    const elements = callers.map(({ values }) => `"${(values[column] as string).replace(/["\\]/g, '\\$&')}"`)
    return `{${elements.join()}}`
  })
}
