import type { ShownProblem } from '../../lab/exercise-wire.ts'
import type { Entry } from './catalogue.ts'
import type { CompileError } from './compile.ts'
import type { Problem } from './problem.ts'

/** A problem in words for the learner. */
export function describeProblem(entry: Entry, problem: Problem): ShownProblem {
  switch (problem.kind) {
    case 'unmet': {
      const { title, expected, seen, look, table } = problem
      return { title, facts: factsOf(expected, seen, look), table }
    }
    case 'types': {
      const text = problem.mistakes.slice(0, MAX_ERRORS).map(asText).join('\n')
      return { title: 'TypeScript understands the file', facts: [], text }
    }
    case 'thrown':
      return { title: 'your code runs without an error', facts: [], text: ownFrames(problem.stack, entry) }
    case 'hung':
      return {
        title: 'your code comes to an end',
        facts: factsOf(
          `the check to be over within ${problem.seconds} seconds`,
          'it still ran, and was stopped',
          'a loop that never ends, a promise that never settles, a done() that is never called',
        ),
      }
    case 'ended':
      return {
        title: 'your code leaves the process alone',
        facts: factsOf(
          'the check to run to its end',
          `the process ended in the middle of it (${problem.signal ?? `exit code ${problem.code}`})`,
          'process.exit() and its kind: a server must not end because of one request',
        ),
      }
  }
}

function factsOf(expected: string, seen: string, look: string): ShownProblem['facts'] {
  return [
    ['expected', expected],
    ['seen', seen],
    ['look at', look],
  ]
}

/** One mistake often causes many errors. */
const MAX_ERRORS = 5

function asText({ line, message }: CompileError): string {
  return `line ${line}: ${message}`
}

/** The error and its location in the learner's file, without the frames of the checker. */
function ownFrames(stack: string, { file }: Entry): string {
  const [message = '', ...frames] = stack.split(/\n(?= {4}at )/)
  const own = frames.flatMap((frame) => {
    const [, line] = new RegExp(`${file.replaceAll('.', '\\.')}:(\\d+)`).exec(frame.replaceAll('\\', '/')) ?? []
    return line === undefined ? [] : [`at line ${line} of ${file}`]
  })
  return [message, ...(own.length > 0 ? own : frames.slice(0, 3).map((frame) => frame.trim()))].join('\n')
}
