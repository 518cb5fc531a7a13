import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Micros } from '../world/model.ts'
import type { ChangeSet, Store, StoreImage } from '../world/store.ts'

/** Format of the files; a state of another format is refused. */
export const FORMAT = 1
/** A journal longer than this is folded into a snapshot. */
const JOURNAL_BYTES_MAX = 32 * 1024 * 1024

/** What a state directory belongs to. */
export interface StateIdentity {
  readonly world: string
  readonly seed: number
}

interface Snapshot extends StateIdentity {
  readonly format: number
  readonly generation: number
  readonly resumeAt: Micros
  readonly image: StoreImage
}

interface JournalLine extends ChangeSet {
  readonly resumeAt: Micros
}

/** A state directory that cannot be used; the message says what to do. */
export class StateError extends Error {
  override readonly name = 'StateError'
}

/**
 * A world on disk: one snapshot and a journal of changes since. Each journal line is one consistent step, written in
 * one go, so that after a kill at any moment the state is that of the last whole line.
 */
export class StateDirectory {
  readonly #directory: string
  readonly #identity: StateIdentity
  #generation = 0
  #journal: number | undefined
  #journalBytes = 0

  /** Opens a directory that this process has locked; `fresh` forgets what it holds. */
  constructor(directory: string, identity: StateIdentity, options: { fresh: boolean }) {
    this.#directory = directory
    this.#identity = identity
    mkdirSync(directory, { recursive: true })
    if (options.fresh) {
      rmSync(this.#path('snapshot.json'), { force: true })
      rmSync(this.#path('journal.jsonl'), { force: true })
    }
  }

  /** Reads the state into an empty store. Returns the instant to go on from, or null for a new world. */
  load(store: Store): Micros | null {
    if (!existsSync(this.#path('snapshot.json'))) return null
    const snapshot = JSON.parse(readFileSync(this.#path('snapshot.json'), 'utf8')) as Snapshot
    this.#check(snapshot)
    store.restoreImage(snapshot.image)
    this.#generation = snapshot.generation
    return Math.max(snapshot.resumeAt, this.#replay(store))
  }

  /** Starts a new journal on top of a snapshot of the whole store. Throws `StateError` when the disk refuses. */
  snapshot(store: Store, resumeAt: Micros): void {
    store.takeChanges()
    this.#generation += 1
    const snapshot: Snapshot = {
      ...this.#identity,
      format: FORMAT,
      generation: this.#generation,
      resumeAt,
      image: store.image(),
    }
    const draft = this.#path('snapshot.json.new')
    this.#guarded(() => {
      writeFileSync(draft, JSON.stringify(snapshot))
      renameSync(draft, this.#path('snapshot.json'))
    })
    if (this.#journal !== undefined) closeSync(this.#journal)
    // A kill between the rename and this truncation leaves lines of an older generation, which a start passes over.
    this.#journal = openSync(this.#path('journal.jsonl'), 'w')
    this.#journalBytes = 0
    this.#write({ generation: this.#generation })
  }

  /** Appends what changed. The instant to resume from is written even when nothing else changed. */
  append(store: Store, resumeAt: Micros): void {
    if (this.#journal === undefined || this.#journalBytes > JOURNAL_BYTES_MAX) {
      this.snapshot(store, resumeAt)
      return
    }
    this.#write({ resumeAt, ...store.takeChanges() })
  }

  /** Closes the journal. */
  close(): void {
    if (this.#journal !== undefined) closeSync(this.#journal)
    this.#journal = undefined
  }

  #write(line: object): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
    this.#guarded(() => {
      for (let offset = 0; offset < bytes.length && this.#journal !== undefined;)
        offset += writeSync(this.#journal, bytes, offset)
    })
    this.#journalBytes += bytes.length
  }

  /** A world that cannot be written must not go on: it would answer what a restart forgets. */
  #guarded(write: () => void): void {
    try {
      write()
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new StateError(
        `${this.#directory} cannot be written: ${why}. Make room or name another --state directory, then start again; ` +
          'the world goes on from the last change that was answered.',
      )
    }
  }

  #replay(store: Store): Micros {
    const path = this.#path('journal.jsonl')
    if (!existsSync(path)) return 0
    const text = readFileSync(path)
    let resumeAt = 0
    let offset = 0
    for (let first = true; ; first = false) {
      const end = text.indexOf(10, offset)
      if (end < 0) break
      const line = this.#parse(text.toString('utf8', offset, end))
      if (first && (!('generation' in line) || line.generation !== this.#generation)) return 0
      if ('resumeAt' in line) {
        if ('put' in line) store.restoreChanges(line)
        resumeAt = line.resumeAt
      }
      offset = end + 1
    }
    // What follows the last line feed was being written when the process was killed: it never happened.
    if (offset < text.length) truncateSync(path, offset)
    return resumeAt
  }

  #parse(line: string): JournalLine | { generation: number } {
    try {
      return JSON.parse(line) as JournalLine | { generation: number }
    } catch {
      throw new StateError(
        `${this.#directory} has a damaged journal. Start with --fresh to begin a new world.`,
      )
    }
  }

  #check(snapshot: Snapshot): void {
    const remedy = 'Start with --fresh to begin a new world, or name another --state directory.'
    if (snapshot.format !== FORMAT)
      throw new StateError(`${this.#directory} was written by another version of the simulator. ${remedy}`)
    if (snapshot.world !== this.#identity.world || snapshot.seed !== this.#identity.seed)
      throw new StateError(
        `${this.#directory} holds the world ${snapshot.world} (seed ${snapshot.seed}), ` +
          `not ${this.#identity.world} (seed ${this.#identity.seed}). ${remedy}`,
      )
  }

  #path(name: string): string {
    return join(this.#directory, name)
  }
}
