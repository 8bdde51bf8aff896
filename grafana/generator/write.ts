/**
 * `npm run dashboards`: writes grafana/dashboards. Grafana reads them at its start and whenever a file changes.
 *
 * Usage: node dist/grafana/generator/write.js [folder]
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { courseBooking } from './course-booking.ts'
import { nodeRuntime } from './node-runtime.ts'
import { oneRequest } from './one-request.ts'
import { serviceOverview } from './service-overview.ts'
import { slo } from './slo.ts'

const [folder = fileURLToPath(new URL('../../../grafana/dashboards', import.meta.url))] = process.argv.slice(2)

await mkdir(folder, { recursive: true })
for (const dashboard of [serviceOverview, courseBooking, nodeRuntime, slo, oneRequest])
  await writeFile(join(folder, `${dashboard.uid}.json`), `${JSON.stringify(dashboard, null, 2)}\n`)
