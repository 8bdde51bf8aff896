import { type Entry, readText } from '../../../../tutor/exercise/catalogue.ts'

/** A possible answer: the text of the learner's part. */
export type Answer = RightAnswer | WrongAnswer

export interface RightAnswer {
  readonly kind: 'right'
  readonly title: string
  readonly part: string
}

export interface WrongAnswer {
  readonly kind: 'wrong'
  readonly title: string
  readonly part: string
  /** The claim that rejects it. */
  readonly claim: string
  /** Words that the message contains. */
  readonly says: readonly string[]
  /** Words that would reveal the answer, so the message must not contain them. */
  readonly hides: readonly string[]
}

/**
 * Answers to an exercise other than its solution. Each begins with lines that start with `# `: the first is
 * `# right: title` or `# wrong: title`. `# claim: …` names the claim that rejects a wrong one, `# says: …` is in the
 * message, and `# hides: …` is not. The code follows.
 */
export function answersTo({ name }: Entry): Answer[] {
  const file = `tutor/exercise/answers/${name}.txt`
  return readText(file)
    .split(/^(?=# (?:right|wrong): )/m)
    .map((text) => answerIn(text, file))
}

function answerIn(text: string, file: string): Answer {
  const [, head = '', part = ''] = /^((?:# [^\n]*\n)*)(.*)$/s.exec(text) ?? []
  const valuesOf = (key: string) =>
    [...head.matchAll(new RegExp(`^# ${key}: (.+)$`, 'gm'))].map(([, value]) => `${value}`)
  const [right] = valuesOf('right')
  if (right !== undefined) return { kind: 'right', title: right, part }
  const [[wrong], [claim], says] = [valuesOf('wrong'), valuesOf('claim'), valuesOf('says')]
  if (wrong === undefined || claim === undefined || says.length === 0)
    throw new Error(
      `${file}: an answer needs "# right", or "# wrong", "# claim" and "# says". This one begins: ${text.slice(0, 80)}`,
    )
  return { kind: 'wrong', title: wrong, part, claim, says, hides: valuesOf('hides') }
}
