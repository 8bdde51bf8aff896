import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The pids of the running child processes of `parent`. */
export async function childrenOf(parent: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='])
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, ppid, stat, command]) => Number(ppid) === parent && !stat?.startsWith('Z') && command !== 'ps')
    .map(([pid]) => Number(pid))
}
