import { basename } from 'node:path'
import type { Service } from './service.ts'

/** The lines that wire a phase into a service, for a file beside the written folder. */
export function wiring({ name, into, isCommonJs, endings }: Service, phase: string): string[] {
  const from = (file: string) => `'./${basename(into)}/${file}${endings.import}'`
  const [imports, open] = isCommonJs
    ? [
        [`import phase = require(${from(`${phase}/index`)})`, `import register = require(${from('register')})`],
        `register.openObservability(phase.default, { serviceName: '${name}' })`,
      ]
    : [
        [`import phase from ${from(`${phase}/index`)}`, `import { openObservability } from ${from('register')}`],
        `openObservability(phase, { serviceName: '${name}' })`,
      ]
  // `on`, not `once`: npm may pass a Ctrl-C on that the terminal has sent already, and the second would end the process.
  return [
    ...imports,
    `const observability = ${open}`,
    'const app = Fastify({ ...observability.options })',
    'app.register(observability.plugin) // before your routes',
    "for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => app.close().then(() => process.exit()))",
  ]
}
