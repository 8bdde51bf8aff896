import { type ChildProcess, spawn } from 'node:child_process'

/**
 * The last resort for when this process is killed, and no teardown runs: a shell that reads a pipe which
 * we never write to. The pipe ends when we do, and then the shell kills `child` and removes `folder`.
 */
export function guard(child: ChildProcess, folder: string): void {
  const script = 'cat; kill -9 "$0"; rm -rf "$1"'
  const shell = spawn('/bin/sh', ['-c', script, String(child.pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  shell.unref()
  child.once('exit', () => shell.kill())
}
