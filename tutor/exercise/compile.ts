import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { root } from './catalogue.ts'

/** Something that TypeScript does not like. */
export interface TypeMistake {
  /** Relative to the repository. */
  readonly file: string
  readonly line: number
  /** `Property 'foo' does not exist on type 'Bar'.` */
  readonly message: string
}

const tsc = join(root, 'node_modules/typescript/bin/tsc')

/**
 * Compiles the exercises, of which only those that have changed are written, to where the rest of the program
 * is compiled to. They are a project of their own, so that a mistake in one does not keep the app from starting.
 *
 * @returns what is wrong in them, in all of them
 */
export async function compileExercises(signal?: AbortSignal): Promise<TypeMistake[]> {
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [tsc, '-p', 'phases', '--pretty', 'false'], { cwd: root, signal }, (error, stdout) => {
      if (error && typeof error.code !== 'number') reject(error)
      else resolve(stdout)
    })
  })
  return mistakesIn(output)
}

/** A message may go on in further lines, which are indented. */
function mistakesIn(output: string): TypeMistake[] {
  const messages = output.split(/\n(?! )/).filter((text) => text !== '')
  return messages.map((text) => {
    const [, file, line, message] = /^(.+)\((\d+),\d+\): error TS\d+: (.+)$/s.exec(text.trimEnd()) ?? []
    if (file === undefined || message === undefined) throw new Error(`the exercises cannot be compiled: ${text}`)
    return { file: file.replaceAll('\\', '/'), line: Number(line), message }
  })
}
