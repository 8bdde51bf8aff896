import type { Measurement } from './measurement.ts'
import { helloPath } from './options.ts'
import { medianRatio } from './statistics.ts'
import { baseName, coursePath, labName } from './subjects.ts'
import { type Row, speeds } from './summary.ts'

/** Something that the bench must show. */
export interface Target {
  readonly title: string
  readonly wanted: number
  /** Whether less is better. */
  readonly atMost?: true
  /** Undefined when what it takes was not measured. */
  readonly measured: number | undefined
  readonly met: boolean | undefined
}

/** Below this share of exported spans a row is no fair comparison: a dropped span costs next to nothing. */
export const leastExported = 0.99

/** Checks what the project promises about its speed. */
export function checkTargets(measurements: readonly Measurement[], rows: readonly Row[]): Target[] {
  const onHello = measurements.filter(({ path }) => path === helloPath)
  const onCourse = measurements.filter(({ path }) => path === coursePath)
  const phase5 = speeds(onHello, 'phase5')
  const exported = rows.find(({ subject, path }) => subject === 'phase5' && path === helloPath)?.exported
  return [
    target('phase 5 to phase 0 on /hello', 0.45, medianRatio(phase5, speeds(onHello, baseName))),
    target('phase 5 to stock on /hello', 2, medianRatio(phase5, speeds(onHello, 'stock'))),
    target('phase 5 with the Lab to without on /hello', 0.97, medianRatio(speeds(onHello, labName), phase5)),
    target('spans that phase 5 exported on /hello', leastExported, exported),
    target('gRPC to REST, phase 0', 0.5, medianRatio(speeds(onCourse, 'grpc'), speeds(onCourse, baseName))),
    target(
      'through a gateway to without one',
      0.35,
      medianRatio(speeds(onCourse, 'gateway'), speeds(onCourse, baseName)),
    ),
  ]
}

/** @param measured undefined when what it takes was not measured */
export function target(title: string, wanted: number, measured: number | undefined): Target {
  return { title, wanted, measured, met: measured === undefined ? undefined : measured >= wanted }
}

/** A target that is met by `wanted` or less. */
export function targetAtMost(title: string, wanted: number, measured: number | undefined): Target {
  return { title, wanted, atMost: true, measured, met: measured === undefined ? undefined : measured <= wanted }
}
