// Bundles the Lab's page from lab/page into dist/lab/page. With --watch it rebuilds at every change.
import { copyFileSync, existsSync, mkdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { build, context } from 'esbuild'

process.chdir(join(import.meta.dirname, '..'))

const SOURCE = 'lab/page'
const TARGET = 'dist/lab/page'
const SERVER = 'dist/src/main.js'

const options = {
  entryPoints: [`${SOURCE}/page.tsx`, `${SOURCE}/page.css`],
  outdir: `${TARGET}/assets`,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  sourcemap: true,
  tsconfig: `${SOURCE}/tsconfig.json`,
  logLevel: 'warning',
}

/** The server reads the page at its start, and `node --watch` restarts it only when one of its own files changes. */
const restart = {
  name: 'restart',
  setup: ({ onEnd }) =>
    onEnd(() => {
      if (existsSync(SERVER)) utimesSync(SERVER, new Date(), new Date())
    }),
}

mkdirSync(options.outdir, { recursive: true })
copyFileSync(`${SOURCE}/index.html`, `${TARGET}/index.html`)
copyFileSync(`${SOURCE}/icon.svg`, `${options.outdir}/icon.svg`)
if (process.argv.includes('--watch')) await (await context({ ...options, plugins: [restart] })).watch()
else await build(options)
