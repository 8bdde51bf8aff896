import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { root } from './catalogue.ts'

/** An error that TypeScript reports. */
export interface CompileError {
  /** Relative to the repository. */
  readonly file: string
  readonly line: number
  /** `Property 'foo' does not exist on type 'Bar'.` */
  readonly message: string
}

const tsc = join(root, 'node_modules/typescript/bin/tsc')

/**
 * Compiles the exercises into `dist`; only changed files are written. They are a separate TypeScript project, so that a
 * mistake in one does not prevent the app from starting.
 *
 * @returns the errors of all exercises
 */
export async function compileExercises(signal?: AbortSignal): Promise<CompileError[]> {
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [tsc, '-p', 'phases', '--pretty', 'false'], { cwd: root, signal }, (error, stdout) => {
      if (error && typeof error.code !== 'number') reject(error)
      else resolve(stdout)
    })
  })
  return parseErrors(output)
}

/** Continuation lines of a message are indented. */
function parseErrors(output: string): CompileError[] {
  const messages = output.split(/\n(?! )/).filter((text) => text !== '')
  return messages.map((text) => {
    const [, file, line, message] = /^(.+)\((\d+),\d+\): error TS\d+: (.+)$/s.exec(text.trimEnd()) ?? []
    if (file === undefined || message === undefined) throw new Error(`the exercises cannot be compiled: ${text}`)
    return { file: file.replaceAll('\\', '/'), line: Number(line), message }
  })
}
