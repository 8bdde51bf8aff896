import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GrpcClient } from '../src/platform/grpc/client.ts'
import { serviceDefinition } from '../src/platform/grpc/definitions.ts'
import type { CatalogServiceDefinition } from '../src/proto/course/v1/CatalogService.ts'
import { type CourseAnswer, fetchOk, firstCourse } from './course.ts'
import type { LoadSpec } from './load.ts'
import { type RunningServer, startServer } from './server.ts'
import type { Sink } from './sink-client.ts'
import { allSubjects, baseName, type Subject } from './subjects.ts'

/** A running subject and its URLs. */
export interface MeasuredServer extends RunningServer {
  /** Replaces `{course_id}` in a path by the id of one of the server's own courses. */
  target(path: string): Target
}

/** What a load run requests. */
export type Target = Pick<LoadSpec, 'url' | 'grpcMessage'>

/** Shared by all servers of a run. */
export interface BenchContext {
  /** Contains a folder per server, with its log file. */
  readonly folder: string
  readonly sink: Sink
  /** Kills all servers. */
  readonly signal: AbortSignal
  /** The built `main.js` of the course app. */
  readonly main: string
}

/**
 * Starts the subjects one after the other and checks that each answers every path with 200. All keep running: while
 * one is measured, the others are idle.
 *
 * @param nodeArgs options of `node` for all of them
 */
export async function startServers(
  subjects: readonly Subject[],
  paths: readonly string[],
  context: BenchContext,
  nodeArgs: readonly string[] = [],
): Promise<MeasuredServer[]> {
  const withCourse = paths.some((path) => path.includes('{course_id}'))
  const copied = withCourse && subjects.some((subject) => subject.copiesCourse)
  const copy = copied ? await copyCourse(context) : undefined
  const started: MeasuredServer[] = []
  for (const subject of subjects) {
    const server = await start(subject, subject.name, context, copy, nodeArgs)
    const course = withCourse && !subject.copiesCourse ? await firstCourse(server.origin) : copy
    const id = course?.id ?? ''
    if (subject.overGrpc) {
      const target = await grpcTarget(server, id)
      started.push({ ...server, target: () => target })
      continue
    }
    const url = (path: string) => server.origin + path.replace('{course_id}', id)
    for (const path of paths) await fetchOk(url(path))
    started.push({ ...server, target: (path) => ({ url: url(path) }) })
  }
  return started
}

/** Fetches a course from a bare course app, for the subjects that serve a copy. */
async function copyCourse(context: BenchContext): Promise<CourseAnswer> {
  const bare = allSubjects(context.main).find(({ name }) => name === baseName) as Subject
  const server = await start(bare, 'course-copy', context)
  const course = await firstCourse(server.origin)
  await server.stop()
  return course
}

/** @throws when the server does not return the course. */
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
  context: BenchContext,
  copy?: CourseAnswer,
  nodeArgs: readonly string[] = [],
): Promise<RunningServer> {
  const folder = join(context.folder, name)
  await mkdir(folder)
  const env = {
    LOG_FILE: join(folder, 'app.log'),
    ...(await sinkVariable(subject, context.sink)),
    ...(subject.copiesCourse && copy !== undefined ? await courseVariable(folder, copy) : {}),
  }
  const startOne = (started: Subject, extra: Record<string, string> = {}) =>
    startServer({ subject: started, folder, env: { ...env, ...extra }, nodeArgs, signal: context.signal })
  if (subject.upstream === undefined) return await startOne(subject)

  const upstream = await startOne(subject.upstream)
  const server = await startOne(subject, { COURSE_GRPC_URL: upstream.grpcAddress })
  return {
    ...server,
    pids: [...server.pids, ...upstream.pids],
    stop: async () => {
      await server.stop()
      await upstream.stop()
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
