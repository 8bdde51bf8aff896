import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GrpcClient } from '../src/platform/grpc/client.ts'
import { serviceDefinition } from '../src/platform/grpc/definitions.ts'
import type { CatalogServiceDefinition } from '../src/proto/course/v1/CatalogService.ts'
import { type CourseAnswer, fetchOk, firstCourse } from './course.ts'
import type { LoadOrder } from './load.ts'
import { type RunningServer, startServer } from './server.ts'
import type { Sink } from './sink-client.ts'
import { allSubjects, baseName, type Subject } from './subjects.ts'

/** A running subject, and where its paths are on this very server. */
export interface Member extends RunningServer {
  /** @returns what to ask for on a path, with the id of one of the server's own courses for `{course_id}`. */
  target(path: string): Target
}

/** What load is put on. */
export type Target = Pick<LoadOrder, 'url' | 'grpcMessage'>

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
    const id = course?.id ?? ''
    if (subject.overGrpc) {
      const target = await grpcTarget(server, id)
      members.push({ ...server, target: () => target })
      continue
    }
    const url = (path: string) => server.origin + path.replace('{course_id}', id)
    for (const path of paths) await fetchOk(url(path))
    members.push({ ...server, target: (path) => ({ url: url(path) }) })
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

/** @throws when the server does not answer with the course. */
async function grpcTarget({ grpcAddress }: RunningServer, course_id: string): Promise<Target> {
  const { GetCourse } = serviceDefinition<CatalogServiceDefinition>('course.v1.CatalogService')
  const client = new GrpcClient(grpcAddress)
  try {
    const found = await client.call(GetCourse, { course_id }, { deadlineMs: 10_000, isRepeatable: true })
    if (found.course_id !== course_id) throw new Error(`GetCourse answers with ${JSON.stringify(found)}`)
  } finally {
    client.close()
  }
  return {
    url: `http://${grpcAddress}${GetCourse.path}`,
    grpcMessage: GetCourse.requestSerialize({ course_id }).toString('base64'),
  }
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
  const alone = (one: Subject, more: Record<string, string> = {}) =>
    startServer({ subject: one, folder, env: { ...env, ...more }, nodeArgs, signal: surroundings.signal })
  if (subject.behind === undefined) return await alone(subject)

  const behind = await alone(subject.behind)
  const server = await alone(subject, { COURSE_GRPC_URL: behind.grpcAddress })
  return {
    ...server,
    pids: [...server.pids, ...behind.pids],
    stop: async () => {
      await server.stop()
      await behind.stop()
    },
  }
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
