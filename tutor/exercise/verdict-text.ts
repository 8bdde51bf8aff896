import { styleText } from 'node:util'
import type { Entry } from './catalogue.ts'
import { describeProblem } from './describe-problem.ts'
import type { Table } from './exercise.ts'
import type { Problem } from './problem.ts'
import type { Verdict } from './verdict.ts'

/** The verdict as text for the learner. */
export function formatVerdict(entry: Entry, { met, printed, problem, preview }: Verdict): string {
  return [
    ...met.map((title) => `  ${colored('green', '✓')} ${title}`),
    ...(problem ? problemIn(entry, problem) : []),
    ...(preview ? ['', `  ${preview.title}:`, '', ...tableLines(preview.table, 4)] : []),
    ...(printed ? ['', '  Your code printed:', ...indented(printed)] : []),
    '',
  ].join('\n')
}

function problemIn(entry: Entry, problem: Problem): string[] {
  const { title, facts, text, table } = describeProblem(entry, problem)
  return [
    `  ${colored('red', '✗')} ${title}`,
    ...facts.map(([name, fact]) => wrapped(`      ${name.padEnd(8)}  `, fact)),
    ...(text === undefined ? [] : indented(text, 6)),
    ...(table === undefined ? [] : ['', ...tableLines(table, 6)]),
  ]
}

/** The most rows of a table that are shown. */
const MAX_ROWS = 12

/** The most characters of a cell that are shown. */
const MAX_WIDTH = 100

function tableLines(table: Table, indent: number): string[] {
  const [head = [], ...rows] = table
  const shown = [head, ...rows.slice(0, MAX_ROWS)].map((row) =>
    row.map((cell) => (cell.length > MAX_WIDTH ? `${cell.slice(0, MAX_WIDTH - 1)}…` : cell)),
  )
  const widths = head.map((_, column) => Math.max(...shown.map((row) => row[column]?.length ?? 0)))
  const lines = shown.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   '))
  const more = rows.length > MAX_ROWS ? [`… and ${rows.length - MAX_ROWS} more`] : []
  return [...lines, ...more].map((line) => `${' '.repeat(indent)}${line}`.trimEnd())
}

/** Wraps text at the width of the terminal, indented to the start of the text. */
export function wrapped(prefix: string, text: string): string {
  const width = Math.max(20, (process.stdout.columns ?? Number.POSITIVE_INFINITY) - prefix.length)
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)}${lines.at(-1) ? ' ' : ''}${word}`
    if (line.length > width && lines.at(-1)) lines.push(word)
    else lines[lines.length - 1] = line
  }
  return prefix + lines.join(`\n${' '.repeat(prefix.length)}`)
}

function indented(text: string, by = 4): string[] {
  return text.split('\n').map((line) => ' '.repeat(by) + line)
}

/** A unified diff in git's colours. */
export function colouredDiff(diff: string): string {
  return diff
    .split('\n')
    .map((line) => {
      if (/^(---|\+\+\+) /.test(line)) return colored('bold', line)
      if (line.startsWith('+')) return colored('green', line)
      return line.startsWith('-') ? colored('red', line) : line
    })
    .join('\n')
}

/** Coloured if the terminal supports it; NO_COLOR, FORCE_COLOR and TERM are honoured. */
export function colored(style: 'green' | 'red' | 'bold' | 'dim', text: string): string {
  return styleText(style, text, { stream: process.stdout })
}
