import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Exercise } from './exercise.ts'

export const root: string = fileURLToPath(new URL('../../../', import.meta.url))

/** An exercise and where its files are; paths are relative to the repository, with `/` between. */
export interface Entry {
  /** Phase and place in it: `3.2`. */
  readonly number: string
  readonly phase: number
  /** `Buckets that fit` */
  readonly title: string
  /** What all files of the exercise are called: `3.2-buckets-that-fit`. */
  readonly name: string
  /** The learner's file. */
  readonly file: string
  readonly solution: string
}

/** What a file of the repository says. Git may have checked it out with the line ends of Windows. */
export function textIn(file: string): string {
  return readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n')
}

/** All exercises, in order. They follow from the solutions, because a learner may remove or rename an exercise. */
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
  const [, number, title] = /^ \* Exercise (\d\.\d): (.+)$/m.exec(textIn(solution)) ?? []
  if (number === undefined || title === undefined) throw new Error(`${solution} does not say which exercise it solves`)
  return { number, phase: Number(phase[0]), title, name, file: `phases/${phase}/exercises/${name}.ts`, solution }
}

/** How the exercise is checked. */
export async function definitionOf({ name }: Entry): Promise<Exercise<unknown>> {
  const module = (await import(new URL(`checks/${name}.js`, import.meta.url).href)) as { default: Exercise<unknown> }
  return module.default
}

/** The compiled form of a file of the repository. The path of a file that is compiled already stays as it is. */
export function compiled(file: string): string {
  return resolve(root, 'dist', file.replace(/\.ts$/, '.js'))
}
