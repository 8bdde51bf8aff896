/** A command with its documented output. */
export interface Step {
  /** Undefined in a block without a prompt, which shows the terminal of the server. */
  readonly command: string | undefined
  /** The file that the step writes, from the repository; `output` is what is in it. */
  readonly file?: string
  /** Whether `output` comes after what the file has already. */
  readonly isAppended?: boolean
  /** Without the newline at its end. */
  readonly output: string
  /** Line number in the document, from 1. */
  readonly line: number
}

export interface ConsoleBlock {
  readonly steps: readonly Step[]
  /** The reason for not running its commands, from a comment `<!-- not run: … -->` before it. */
  readonly notRun: string | undefined
  /** Line numbers without the fences, from 0, end exclusive. */
  readonly from: number
  readonly to: number
}

/**
 * The blocks of a document that are followed. A block ```console is what a terminal shows, with `$ ` before what is typed
 * and `> ` before its next lines. A block ```ts that begins with `// ../` and a path is a file of a service beside the
 * repository. A block ```yaml that begins with `# `, a path and `, at the end` is added to that file.
 */
export function consoleBlocks(markdown: string): ConsoleBlock[] {
  const lines = markdown.split('\n')
  const blocks: ConsoleBlock[] = []
  for (let at = 0; at < lines.length; at++) {
    const file = fileAt(lines, at)
    if (file === undefined && lines[at]?.trim() !== '```console') continue
    const to = lines.indexOf('```', at)
    if (to === -1) throw new Error(`line ${at + 1}: this block has no end`)
    const from = at + 1
    const block = lines.slice(from, to)
    const steps = file ? [{ command: undefined, ...file, output: block.join('\n'), line: from }] : stepsOf(block, from)
    blocks.push({ steps, notRun: reasonAbove(lines, at), from, to })
    at = to
  }
  return blocks
}

function fileAt(
  lines: readonly string[],
  at: number,
): { readonly file: string; readonly isAppended: boolean } | undefined {
  const [fence, first = ''] = [lines[at]?.trim(), lines[at + 1]]
  const [written] = fence === '```ts' ? (/(?<=^\/\/ )\.\.\/\S+$/.exec(first) ?? []) : []
  if (written !== undefined) return { file: written, isAppended: false }
  const [appended] = fence === '```yaml' ? (/(?<=^# )\S+(?=, at the end$)/.exec(first) ?? []) : []
  return appended === undefined ? undefined : { file: appended, isAppended: true }
}

function reasonAbove(lines: readonly string[], at: number): string | undefined {
  const above = lines.slice(0, at).findLast((line) => line.trim() !== '')
  return /^<!-- not run: (.+) -->$/.exec(above ?? '')?.[1]
}

function stepsOf(lines: readonly string[], offset: number): Step[] {
  const steps: { command: string | undefined; output: string[]; line: number }[] = []
  lines.forEach((line, index) => {
    const last = steps.at(-1)
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), output: [], line: offset + index + 1 })
    else if (line.startsWith('> ') && last?.command?.endsWith('\\')) last.command += `\n${line.slice(2)}`
    else if (last === undefined) steps.push({ command: undefined, output: [line], line: offset + index + 1 })
    else last.output.push(line)
  })
  return steps.map(({ command, output, line }) => ({ command, output: output.join('\n'), line }))
}

/** Formats steps as the lines of a block. */
export function linesOf(steps: readonly Pick<Step, 'command' | 'output'>[]): string[] {
  return steps.flatMap(({ command, output }) => [
    ...(command === undefined ? [] : `$ ${command.replaceAll('\n', '\n> ')}`.split('\n')),
    ...(output === '' ? [] : output.split('\n')),
  ])
}
