import { parse } from 'yaml'
import { read } from '../prometheus/shipped.ts'

/** The parts of a service in `compose.yaml` that tests check. */
export interface Service {
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly profiles?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly mem_limit?: string
  readonly stop_signal?: string
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

// Compose merges `<<`, which YAML 1.2 dropped.
export const compose = parse(read('compose.yaml'), { merge: true }) as ComposeFile

export function service(name: string): Service {
  const found = compose.services[name]
  if (found === undefined) throw new Error(`compose.yaml has no service ${name}`)
  return found
}

export interface Mount {
  /** A path from the root of the repository, or the name of a volume. */
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
  readonly isVolume: boolean
}

export function mountsOf({ volumes = [] }: Service): Mount[] {
  return volumes.map((text) => {
    const [source = '', target = '', mode] = text.split(':')
    return { source, target, readOnly: mode === 'ro', isVolume: !source.startsWith('.') }
  })
}

/** The path of a repository file or folder in a container. */
export function targetOf(serviceName: string, source: string): string {
  const mount = mountsOf(service(serviceName)).find((one) => one.source === source)
  if (mount === undefined) throw new Error(`${serviceName} has no ${source}`)
  return mount.target
}

/** Replaces `${NAME:-default}` by its default. */
export function withoutVariables(value: string): string {
  return value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')
}
