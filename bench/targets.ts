import type { Measurement } from './measurement.ts'
import { helloPath } from './options.ts'
import { medianRatio } from './statistics.ts'
import { baseName, coursePath, labName } from './subjects.ts'
import { type Row, speeds } from './summary.ts'

/** A performance target. */
export interface Target {
  readonly title: string
  readonly wanted: number
  /** Whether less is better. */
  readonly atMost?: true
  /** Undefined when a subject it needs was not measured. */
  readonly measured: number | undefined
  readonly met: boolean | undefined
}

/** With a smaller share of exported spans the comparison is unfair: a dropped span costs next to nothing. */
export const minExported = 0.99

/** Checks the project's performance targets. */
export function checkTargets(measurements: readonly Measurement[], rows: readonly Row[]): Target[] {
  const onHello = measurements.filter(({ path }) => path === helloPath)
  const onCourse = measurements.filter(({ path }) => path === coursePath)
  const phase5 = speeds(onHello, 'phase5')
  const exported = rows.find(({ subject, path }) => subject === 'phase5' && path === helloPath)?.exported
  return [
    target('phase 5 to phase 0 on /hello', 0.45, medianRatio(phase5, speeds(onHello, baseName))),
    target('phase 5 to stock on /hello', 2, medianRatio(phase5, speeds(onHello, 'stock'))),
    target('phase 5 with the Lab to without on /hello', 0.97, medianRatio(speeds(onHello, labName), phase5)),
    target('spans that phase 5 exported on /hello', minExported, exported),
    target('gRPC to REST, phase 0', 0.5, medianRatio(speeds(onCourse, 'grpc'), speeds(onCourse, baseName))),
    target(
      'through a gateway to without one',
      0.35,
      medianRatio(speeds(onCourse, 'gateway'), speeds(onCourse, baseName)),
    ),
  ]
}

/** @param measured undefined when a subject it needs was not measured */
export function target(title: string, wanted: number, measured: number | undefined): Target {
  return { title, wanted, measured, met: measured === undefined ? undefined : measured >= wanted }
}

/** A target that `wanted` or less meets. */
export function targetAtMost(title: string, wanted: number, measured: number | undefined): Target {
  return { title, wanted, atMost: true, measured, met: measured === undefined ? undefined : measured <= wanted }
}
