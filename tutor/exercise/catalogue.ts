import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Exercise } from './exercise.ts'

export const root: string = fileURLToPath(new URL('../../../', import.meta.url))

/** An exercise and its files. Paths are relative to the repository, with `/` as separator. */
export interface Entry {
  /** Phase and position in the phase: `3.2`. */
  readonly number: string
  readonly phase: number
  /** `Buckets that fit` */
  readonly title: string
  /** The base name of all files of the exercise: `3.2-buckets-that-fit`. */
  readonly name: string
  /** The learner's file. */
  readonly file: string
  readonly solution: string
}

/** Reads a file of the repository. Git may have checked it out with CRLF line ends. */
export function readText(file: string): string {
  return readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n')
}

/** All exercises, in order. Derived from the solutions, because a learner may remove or rename an exercise. */
export function catalogue(): Entry[] {
  return readdirSync(join(root, 'phases'))
    .filter((phase) => /^\d-/.test(phase))
    .flatMap((phase) => solutionsOf(phase).map((solution) => entryOf(phase, solution)))
    .sort((a, b) => (a.number < b.number ? -1 : 1))
}

function solutionsOf(phase: string): string[] {
  return readdirSync(join(root, 'phases', phase, 'solutions')).filter((name) => name.endsWith('.ts'))
}

function entryOf(phase: string, solutionFile: string): Entry {
  const name = basename(solutionFile, '.ts')
  const solution = `phases/${phase}/solutions/${solutionFile}`
  const [, number, title] = /^ \* Exercise (\d\.\d): (.+)$/m.exec(readText(solution)) ?? []
  if (number === undefined || title === undefined) throw new Error(`${solution} does not say which exercise it solves`)
  return { number, phase: Number(phase[0]), title, name, file: `phases/${phase}/exercises/${name}.ts`, solution }
}

export async function definitionOf({ name }: Entry): Promise<Exercise<unknown>> {
  const module = (await import(new URL(`checks/${name}.js`, import.meta.url).href)) as { default: Exercise<unknown> }
  return module.default
}

/** The path of the compiled file. The path of a compiled file does not change. */
export function compiledPath(file: string): string {
  return resolve(root, 'dist', file.replace(/\.ts$/, '.js'))
}
