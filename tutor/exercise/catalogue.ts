import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Exercise } from './exercise.ts'

export const root: string = fileURLToPath(new URL('../../../', import.meta.url))

/** An exercise and its files. Paths are relative to the repository, with `/` as separator. */
export interface Entry {
  /** Lesson and position in the lesson: `3.2`. */
  readonly number: string
  /** 1 to 5 are the phases. */
  readonly lesson: number
  /** `Buckets that fit` */
  readonly title: string
  /** The base name of all files of the exercise: `3.2-buckets-that-fit`. */
  readonly name: string
  /** A module is compiled and imported. Any other file is a text, such as a query. */
  readonly isModule: boolean
  /** The learner's file. */
  readonly file: string
  readonly solution: string
}

/** The folders that have folders of lessons. */
const PARTS = ['phases', 'lessons']

/** How the file of an exercise may end. */
const EXTENSIONS = ['.ts', '.promql', '.logql', '.rules.yml']

/** Reads a file of the repository. Git may have checked it out with CRLF line ends. */
export function readText(file: string): string {
  return readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n')
}

/** All exercises, in order. Derived from the solutions, because a learner may remove or rename an exercise. */
export function catalogue(): Entry[] {
  return PARTS.flatMap(lessonsIn)
    .flatMap((lesson) => solutionsOf(lesson).map((solution) => entryOf(lesson, solution)))
    .sort((a, b) => a.lesson - b.lesson || positionOf(a) - positionOf(b))
}

function lessonsIn(part: string): string[] {
  return readdirSync(join(root, part))
    .filter((name) => /^\d-/.test(name))
    .map((name) => `${part}/${name}`)
}

function solutionsOf(lesson: string): string[] {
  const folder = join(root, lesson, 'solutions')
  return existsSync(folder) ? readdirSync(folder).filter((name) => extensionOf(name) !== undefined) : []
}

function extensionOf(fileName: string): string | undefined {
  return EXTENSIONS.find((extension) => fileName.endsWith(extension))
}

function entryOf(lesson: string, solutionFile: string): Entry {
  const extension = extensionOf(solutionFile)
  const solution = `${lesson}/solutions/${solutionFile}`
  const [, number, title] = /^(?: \*|#) Exercise (\d\.\d+): (.+)$/m.exec(readText(solution)) ?? []
  if (number === undefined || title === undefined) throw new Error(`${solution} does not say which exercise it solves`)
  return {
    number,
    lesson: Number(number[0]),
    title,
    name: basename(solutionFile, extension),
    isModule: extension === '.ts',
    file: `${lesson}/exercises/${solutionFile}`,
    solution,
  }
}

/** 10 for exercise 6.10, which follows 6.9. */
function positionOf({ number }: Entry): number {
  return Number(number.split('.')[1])
}

export async function definitionOf({ name }: Entry): Promise<Exercise<unknown>> {
  const module = (await import(new URL(`checks/${name}.js`, import.meta.url).href)) as { default: Exercise<unknown> }
  return module.default
}

/** The path of the compiled file. The path of a compiled file does not change. */
export function compiledPath(file: string): string {
  return resolve(root, 'dist', file.replace(/\.ts$/, '.js'))
}
