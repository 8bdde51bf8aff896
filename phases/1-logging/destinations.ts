import { writeSync } from 'node:fs'
import { prettyFactory } from 'pino-pretty'
import type { Config } from '../../src/config.ts'
import { LineWriter, type Output } from './line-writer.ts'
import { openRotatingFile } from './rotating-file.ts'
import { writeAll } from './write-all.ts'

const standardOutput: Output = {
  name: 'standard output',
  append: (bytes) => writeAll(1, bytes),
  appendSync: (bytes) => writeSync(1, bytes),
}

const writers: LineWriter[] = []

/**
 * Opens what the log is written to: the console, and the file that `LOG_FILE` names.
 *
 * @param others get the same lines
 * @throws when the file cannot be written.
 */
export function openDestinations(config: Config, others: readonly Output[]): { write(line: string): void } {
  const { LOG_FILE: path, LOG_FILE_MAX_BYTES: maxBytes, LOG_FILE_COUNT: files } = config
  const file = path === '' ? [] : [openRotatingFile(path, { maxBytes, files })]
  const asJson = [...file, ...others]
  return process.stdout.isTTY ? prettyOnTerminal(asJson) : open([standardOutput, ...asJson])
}

/** A person reads a terminal, and a program reads the file. */
function prettyOnTerminal(asJson: readonly Output[]): { write(line: string): void } {
  const prettify = prettyFactory({
    colorize: true,
    messageKey: 'message',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    ignore: 'service_instance_id', // a terminal shows one process; the file has it
  })
  const terminal = open([standardOutput])
  const json = open(asJson)
  return {
    write(line) {
      terminal.write(prettify(line))
      json.write(line)
    },
  }
}

function open(outputs: readonly Output[]): LineWriter {
  const writer = new LineWriter(outputs)
  writers.push(writer)
  return writer
}

/** How many lines each output has not got since the start of the process. */
export function droppedLines(): { output: string; lines: number }[] {
  return writers.flatMap((writer) => writer.dropped())
}

/** Resolves when everything that was logged so far has been written. */
export async function drainDestinations(): Promise<void> {
  await Promise.all(writers.map((writer) => writer.drained()))
}
