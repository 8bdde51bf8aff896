import type { Claim, Exercise, Unmet } from './exercise.ts'
import type { Problem } from './problem.ts'

/** Ends a check at the first claim that does not hold. */
export class UnmetClaim extends Error {
  readonly problem: Problem & { kind: 'unmet' }

  constructor(title: string, unmet: Unmet) {
    super(title)
    this.problem = { kind: 'unmet', title, ...unmet }
  }
}

/** @param onMet called with the title of each claim that holds */
export function claimWith(onMet: (title: string) => void): Claim {
  return (title, holds, unmet) => {
    if (!holds) throw new UnmetClaim(title, unmet)
    onMet(title)
  }
}

/** Checks an answer in this process, which a text cannot harm: an evaluation has limits of its own. */
export async function checkHere<Answer>(
  exercise: Exercise<Answer>,
  answer: Answer,
): Promise<{ readonly met: string[]; readonly problem: Problem | undefined }> {
  const met: string[] = []
  try {
    const claim = claimWith((title) => met.push(title))
    await exercise.check(answer, claim, '')
    return { met, problem: undefined }
  } catch (error) {
    if (!(error instanceof UnmetClaim)) throw error
    return { met, problem: error.problem }
  }
}
