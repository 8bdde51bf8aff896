import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CourseAnswer, fetchOk, firstCourse } from './course.ts'
import { type RunningServer, startServer } from './server.ts'
import type { Sink } from './sink-client.ts'
import { allSubjects, baseName, type Subject } from './subjects.ts'

/** A running subject, and where its paths are on this very server. */
export interface Member extends RunningServer {
  /** @returns the URL of a path, with the id of one of the server's own courses for `{course_id}`. */
  url(path: string): string
}

/** What servers run in. */
export interface Surroundings {
  /** Holds a folder per server, with its log file. */
  readonly folder: string
  readonly sink: Sink
  /** Ends every server at once. */
  readonly signal: AbortSignal
  /** The built `main.js` of the course app. */
  readonly main: string
}

/**
 * Starts the subjects one after the other and makes sure that each answers every path with 200. All
 * keep running: while one is measured, the others have nothing to do.
 *
 * @param nodeArgs options of `node` for all of them
 */
export async function startFleet(
  subjects: readonly Subject[],
  paths: readonly string[],
  surroundings: Surroundings,
  nodeArgs: readonly string[] = [],
): Promise<Member[]> {
  const withCourse = paths.some((path) => path.includes('{course_id}'))
  const copied = withCourse && subjects.some((subject) => subject.copiesCourse)
  const copy = copied ? await copyCourse(surroundings) : undefined
  const members: Member[] = []
  for (const subject of subjects) {
    const server = await start(subject, subject.name, surroundings, copy, nodeArgs)
    const course = withCourse && !subject.copiesCourse ? await firstCourse(server.origin) : copy
    const member = { ...server, url: (path: string) => server.origin + path.replace('{course_id}', course?.id ?? '') }
    for (const path of paths) await fetchOk(member.url(path))
    members.push(member)
  }
  return members
}

/** Has a bare course app answer with a course, for those who answer with a copy of it. */
async function copyCourse(surroundings: Surroundings): Promise<CourseAnswer> {
  const bare = allSubjects(surroundings.main).find(({ name }) => name === baseName) as Subject
  const server = await start(bare, 'course-copy', surroundings)
  const course = await firstCourse(server.origin)
  await server.stop()
  return course
}

async function start(
  subject: Subject,
  name: string,
  surroundings: Surroundings,
  copy?: CourseAnswer,
  nodeArgs: readonly string[] = [],
): Promise<RunningServer> {
  const folder = join(surroundings.folder, name)
  await mkdir(folder)
  const env = {
    LOG_FILE: join(folder, 'app.log'),
    ...(await sinkVariable(subject, surroundings.sink)),
    ...(subject.copiesCourse && copy !== undefined ? await courseVariable(folder, copy) : {}),
  }
  return await startServer({ subject, folder, env, nodeArgs, signal: surroundings.signal })
}

async function sinkVariable({ name, exports }: Subject, sink: Sink): Promise<Record<string, string>> {
  if (exports === undefined) return {}
  const variable = exports === 'jaeger' ? 'OTEL_EXPORTER_JAEGER_ENDPOINT' : 'OTEL_EXPORTER_OTLP_ENDPOINT'
  return { [variable]: await sink.open(name, exports) }
}

async function courseVariable(folder: string, copy: CourseAnswer): Promise<Record<string, string>> {
  const file = join(folder, 'course.json')
  await writeFile(file, copy.body)
  return { COURSE_FILE: file }
}
