import type { DatabaseId } from '../../phases/announcements.ts'
import { DatabaseError } from './database-error.ts'
import { announceAlways, announceStatement } from './statement.ts'

/** The connection that a transaction runs on. */
export interface Session {
  /** The database, as telemetry names it. */
  readonly database: DatabaseId
  /** Sends `begin`, `commit` or `rollback`. Returns the command that the database executed: `COMMIT`. */
  control(text: string): Promise<string | undefined>
  /** Whether the connection is lost, and with it the transaction. */
  readonly isBroken: boolean
  /** Drops a connection on which the rollback has failed. */
  destroy(): void
}

/**
 * Runs `work` in a transaction, which is rolled back when `work` throws. `begin`, `commit` and `rollback` are announced
 * too: a commit waits for the disk, and often takes longer than the rest.
 */
export async function transaction<R>(session: Session, work: () => Promise<R>): Promise<R> {
  await announceStatement(session.database, 'begin', () => session.control('begin'), noRows)
  let result: R
  try {
    result = await work()
  } catch (error) {
    if (!session.isBroken) await rollback(session)
    throw error
  }
  const command = await announceAlways(session.database, 'commit', () => session.control('commit'), noRows)
  // A statement failed and `work` ignored its error.
  if (command !== 'COMMIT') throw new DatabaseError('the transaction had failed, so nothing was committed', '25P02')
  return result
}

async function rollback(session: Session): Promise<void> {
  await announceAlways(session.database, 'rollback', () => session.control('rollback'), noRows).catch(() =>
    session.destroy(),
  )
}

const noRows = () => 0
