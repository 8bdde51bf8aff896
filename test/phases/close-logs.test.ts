import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { loadPhase } from '../../src/load-phase.ts'
import { quickStart } from '../../testkit/app-process.ts'
import { parseLogLines } from '../../testkit/log-file.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import { bareConfig } from '../platform/local-server.ts'

const DESCRIPTORS = '/proc/self/fd'

t.test(
  'an app that is closed has closed its log file, and writes what is logged after that',
  existsSync(DESCRIPTORS) ? {} : { skip: `needs ${DESCRIPTORS}` },
  async (t) => {
    const folder = t.testdir()
    const LOG_FILE = join(folder, 'app.log')
    const warnings: string[] = []
    const onWarning = ({ name }: Error) => warnings.push(name)
    process.on('warning', onWarning)
    t.teardown(() => process.off('warning', onWarning))
    /** Open log files of this process. */
    const openFiles = () =>
      readdirSync(DESCRIPTORS)
        .map((fd) => (existsSync(join(DESCRIPTORS, fd)) ? readlinkSync(join(DESCRIPTORS, fd)) : ''))
        .filter((path) => path.startsWith(folder))

    const config = bareConfig({ ...quickStart, ROLE: 'gateway', LOG_FILE, PORT: 0 })
    for (let round = 0; round < 12; round++) {
      const app = buildApp(config, await loadPhase(5))
      await app.ready()
      app.log.info(`round ${round}`)
      t.equal(openFiles().length, 1)
      await app.close()
      t.same(openFiles(), [])
      app.log.info(`after round ${round}`)
      await waitFor('the late line', () => readFileSync(LOG_FILE, 'utf8').includes(`"after round ${round}"`))
      t.same(await waitFor('the file to be closed again', () => openFiles().length === 0), true)
    }
    t.same(warnings, [])
    const logged = parseLogLines(readFileSync(LOG_FILE, 'utf8')).map(({ message }) => message)
    for (let round = 0; round < 12; round++) t.ok(logged.includes(`round ${round}`))
  },
)
