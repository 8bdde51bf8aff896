import { type Entry, readText } from './catalogue.ts'

/** The task at the top of the file, without its title and the signs of a comment. Empty lines separate paragraphs. */
export function taskOf({ solution, isModule }: Entry): string {
  const text = readText(solution)
  const [comment = ''] = (isModule ? /^\/\*\*\n[\s\S]*?\n \*\// : /^(?:#.*\n)+/).exec(text) ?? []
  return comment
    .split('\n')
    .filter((line) => line !== '/**' && line !== ' */')
    .map((line) => line.replace(/^(?: \*|#) ?/, ''))
    .filter((line) => !/^Exercise \d\.\d+: /.test(line))
    .join('\n')
    .trim()
}

/** The number of the first line of the learner's part. */
export function lineOfAnswer(text: string, { isModule }: Entry): number {
  const lines = text.split('\n')
  const above = isModule
    ? lines.findIndex((line) => line.includes(': your part begins'))
    : lines.findIndex((line) => line !== '' && !line.startsWith('#')) - 1
  return Math.max(1, above + 2)
}
