/**
 * An empty, initialised PostgreSQL cluster for PGlite, made once and kept in `dist/`.
 *
 * Initialising takes PGlite about 5 s and 860 MB, so it happens in a separate process: `npm ci` runs this file
 * (`prepare`), and the first start does when install scripts are off.
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { PGlite } from '@electric-sql/pglite'

/** How PGlite is started everywhere: 16 MB of shared buffers instead of 128 keep the process 110 MB smaller. */
export const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB']

const thisFile = fileURLToPath(import.meta.url)

/** The template; creates its file if `npm ci` has not. */
export async function templateBlob(): Promise<Blob> {
  return new Blob([await readFile(await ensureTemplate())])
}

/** Unpacks a fresh cluster into `folder`, in a separate process, whose memory is then released. */
export async function unpackTemplate(folder: string): Promise<void> {
  await ensureTemplate()
  await runChild(['unpack', folder])
}

/** Synchronous, because the process has nothing else to do. */
async function unpack(folder: string): Promise<void> {
  for (const { name, isFolder, content } of entriesOf(gunzipSync(readFileSync(await templateFile())))) {
    const path = join(folder, name)
    if (isFolder) mkdirSync(path, { recursive: true, mode: 0o700 })
    else writeFileSync(path, content, { mode: 0o600 })
  }
}

/** Reads a tar file as PGlite writes it. https://www.gnu.org/software/tar/manual/html_node/Standard.html */
function* entriesOf(tar: Buffer): Generator<{ name: string; isFolder: boolean; content: Buffer }> {
  const block = 512
  for (let at = 0; at < tar.length && tar[at] !== 0; ) {
    const field = (start: number, length: number) =>
      tar.toString('latin1', at + start, at + start + length).replace(/\0.*$/s, '')
    const size = Number.parseInt(field(124, 12), 8)
    const start = at + block
    yield { name: field(0, 100), isFolder: field(156, 1) === '5', content: tar.subarray(start, start + size) }
    at = start + Math.ceil(size / block) * block
  }
}

async function ensureTemplate(): Promise<string> {
  const file = await templateFile()
  if (!(await exists(file))) await runChild(['make'])
  return file
}

/** One file per version of PGlite, because a cluster is only valid for the version that created it. */
async function templateFile(): Promise<string> {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string }
  return fileURLToPath(new URL(`../../pglite-${version}.tar.gz`, import.meta.url))
}

async function make(): Promise<void> {
  const file = await templateFile()
  if (await exists(file)) return
  const pglite = await PGlite.create({ startParams })
  const dump = await pglite.dumpDataDir('gzip')
  await pglite.close()
  await mkdir(dirname(file), { recursive: true })
  await writeAtomically(file, new Uint8Array(await dump.arrayBuffer()))
}

/** Two processes may write at once: each renames a complete file of its own. */
async function writeAtomically(file: string, content: Uint8Array): Promise<void> {
  const part = `${file}.${randomUUID()}`
  try {
    const handle = await open(part, 'wx')
    await handle.writeFile(content)
    await handle.sync()
    await handle.close()
    await rename(part, file)
  } finally {
    await rm(part, { force: true })
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

function runChild(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [thisFile, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    let complaint = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) resolve()
      else
        reject(
          new Error(`The embedded database could not be prepared (${signal ?? `exit code ${code}`}). ${complaint}`),
        )
    })
  })
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === thisFile) {
  const [task, folder] = process.argv.slice(2)
  await (task === 'unpack' && folder !== undefined ? unpack(folder) : make())
}
