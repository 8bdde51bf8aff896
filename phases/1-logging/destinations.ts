import { writeSync } from 'node:fs'
import type { FastifyBaseLogger } from 'fastify'
import { type DestinationStream, pino } from 'pino'
import { prettyFactory } from 'pino-pretty'
import type { PhaseConfig } from '../phase.ts'
import { LineWriter, type Output } from './line-writer.ts'
import { openRotatingFile } from './rotating-file.ts'
import { writeAll } from './write-all.ts'

const standardOutput: Output = {
  name: 'standard output',
  append: (bytes) => writeAll(1, bytes),
  appendSync: (bytes) => writeSync(1, bytes),
}

/**
 * Opens what the log is written to: the console, and the file that `LOG_FILE` names.
 *
 * @throws when the file cannot be written.
 */
export function openDestinations(config: PhaseConfig): Destinations {
  const { LOG_FILE: path, LOG_FILE_MAX_BYTES: maxBytes, LOG_FILE_COUNT: files } = config
  const file = path === '' ? [] : [openRotatingFile(path, { maxBytes, files })]
  return process.stdout.isTTY ? prettyOnTerminal(file) : new Destinations([new LineWriter([standardOutput, ...file])])
}

/** A person reads a terminal, and a program reads the file. */
function prettyOnTerminal(file: readonly Output[]): Destinations {
  const prettify = prettyFactory({
    colorize: process.stdout.hasColors(),
    messageKey: 'message',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    ignore: 'service_instance_id', // a terminal shows one process; the file has it
  })
  return new Destinations([new LineWriter([standardOutput], prettify), new LineWriter(file)])
}

/** What a logger writes to. */
export class Destinations {
  readonly #writers: readonly LineWriter[]
  readonly #added: DestinationStream[] = []

  constructor(writers: readonly LineWriter[]) {
    this.#writers = writers
  }

  write(line: string): void {
    for (const writer of this.#writers) writer.write(line)
    for (const stream of this.#added) stream.write(line)
  }

  /** Writes every line from now on to this stream too. If it throws, a warning says so once. */
  add(stream: DestinationStream): void {
    this.#added.push(withoutThrowing(stream))
  }

  /** Resolves when everything that was logged so far has been written. */
  async drained(): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.drained()))
  }

  /** How many lines each output has not got. */
  dropped(): { output: string; lines: number }[] {
    return this.#writers.flatMap((writer) => writer.dropped())
  }

  /** Writes what is still waiting, and closes the file. A line that comes later opens it again. */
  async close(): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.close()))
  }
}

function withoutThrowing(stream: DestinationStream): DestinationStream {
  let hasFailed = false
  return {
    write(line) {
      try {
        stream.write(line)
      } catch (error) {
        if (!hasFailed) process.emitWarning(`a log destination fails: ${(error as Error).message}`, 'LogWarning')
        hasFailed = true
      }
    },
  }
}

/** What a logger of `createLogger` writes to. */
export function destinationsOf(logger: FastifyBaseLogger): Destinations {
  return (logger as unknown as { [pino.symbols.streamSym]: Destinations })[pino.symbols.streamSym]
}
