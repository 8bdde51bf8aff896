// Bundles the Lab's page from lab/page into dist/lab/page. With --watch it rebuilds at every change.
import { copyFileSync, existsSync, mkdirSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { build, context } from 'esbuild'

process.chdir(join(import.meta.dirname, '..'))

const SOURCE = 'lab/page'
const TARGET = 'dist/lab/page'
const SERVER = 'dist/src/main.js'

const options = {
  entryPoints: [
    { in: `${SOURCE}/page.tsx`, out: 'page' },
    { in: `${SOURCE}/page.css`, out: 'page' },
    // Loaded with the view's script, when it is first opened.
    { in: `${SOURCE}/ask.css`, out: 'ask' },
  ],
  outdir: `${TARGET}/assets`,
  bundle: true,
  splitting: true,
  chunkNames: '[name]-[hash]',
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

// Names of chunks change with their content.
rmSync(options.outdir, { recursive: true, force: true })
mkdirSync(options.outdir, { recursive: true })
copyFileSync(`${SOURCE}/index.html`, `${TARGET}/index.html`)
copyFileSync(`${SOURCE}/icon.svg`, `${options.outdir}/icon.svg`)
if (process.argv.includes('--watch')) await (await context({ ...options, plugins: [restart] })).watch()
else await build(options)
