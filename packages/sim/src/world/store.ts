/**
 * Rows of one kind by id. Rows are replaced, never edited, so that a put is all that persistence must see.
 * Iteration follows insertion, which survives a restart.
 */
export class Table<T> {
  readonly name: string
  readonly #rows = new Map<string, T>()
  readonly #touched: Set<string>
  readonly #onChange: () => void
  /** Counts changes of this table, so that what was derived from it can be kept until the next. */
  revision = 0

  constructor(name: string, touched: Set<string>, onChange: () => void) {
    this.name = name
    this.#touched = touched
    this.#onChange = onChange
  }

  get(id: string): T | undefined {
    return this.#rows.get(id)
  }

  put(id: string, row: T): T {
    this.#rows.set(id, row)
    this.revision += 1
    this.#touched.add(id)
    this.#onChange()
    return row
  }

  delete(id: string): void {
    if (!this.#rows.delete(id)) return
    this.revision += 1
    this.#touched.add(id)
    this.#onChange()
  }

  keys(): IterableIterator<string> {
    return this.#rows.keys()
  }

  values(): IterableIterator<T> {
    return this.#rows.values()
  }

  entries(): IterableIterator<[string, T]> {
    return this.#rows.entries()
  }

  get size(): number {
    return this.#rows.size
  }

  /** Puts a row read back from disk; it is not written again. */
  restore(id: string, row: T | undefined): void {
    this.revision += 1
    if (row === undefined) this.#rows.delete(id)
    else this.#rows.set(id, row)
  }
}

/** Append-only entries; the oldest may be dropped, the numbering goes on. */
export class Log<T> {
  readonly name: string
  #entries: T[] = []
  #dropped = 0
  #saved = 0

  constructor(name: string) {
    this.name = name
  }

  append(entry: T): T {
    this.#entries.push(entry)
    return entry
  }

  /** Entries that are still held, oldest first. */
  all(): readonly T[] {
    return this.#entries
  }

  /** How many entries were ever appended; also the next entry's index. */
  get length(): number {
    return this.#dropped + this.#entries.length
  }

  /** Forgets the oldest `count` entries. */
  drop(count: number): void {
    this.#entries = this.#entries.slice(count)
    this.#dropped += count
  }

  /** Entries that were appended since the last call. */
  takeUnsaved(): readonly T[] {
    const from = Math.max(0, this.#saved - this.#dropped)
    this.#saved = this.length
    return from === this.#entries.length ? [] : this.#entries.slice(from)
  }

  /** Appends entries read back from disk; they are not written again. */
  restore(entries: readonly T[], dropped: number): void {
    this.#dropped += dropped
    this.#entries.push(...entries)
    this.#saved = this.length
  }

  get dropped(): number {
    return this.#dropped
  }
}

/** Entries that go to disk and are kept in memory in another shape by their owner. */
export class Stream<T> {
  readonly name: string
  #unsaved: T[] = []
  #restored: T[] = []
  /** All that the stream stands for, for a snapshot; set by the owner. */
  image: () => Iterable<T> = () => []

  constructor(name: string) {
    this.name = name
  }

  write(entry: T): void {
    this.#unsaved.push(entry)
  }

  /** Entries written since the last call. */
  takeUnsaved(): readonly T[] {
    if (this.#unsaved.length === 0) return []
    const entries = this.#unsaved
    this.#unsaved = []
    return entries
  }

  /** Entries read back from disk; the owner takes them once, when it is built. */
  takeRestored(): readonly T[] {
    const entries = this.#restored
    this.#restored = []
    return entries
  }

  restore(entries: readonly T[]): void {
    this.#restored.push(...entries)
  }
}

/** All changes since the last one taken: one line of the journal on disk. */
export interface ChangeSet {
  put: Record<string, Record<string, unknown>>
  del: Record<string, string[]>
  app: Record<string, readonly unknown[]>
  str: Record<string, readonly unknown[]>
}

/** Everything a snapshot holds. */
export interface StoreImage {
  tables: Record<string, [string, unknown][]>
  logs: Record<string, { dropped: number; entries: readonly unknown[] }>
  streams: Record<string, readonly unknown[]>
}

/** All tables and logs of a world, with what changed since it was last asked. */
export class Store {
  readonly #tables = new Map<string, { table: Table<unknown>; touched: Set<string> }>()
  readonly #logs = new Map<string, Log<unknown>>()
  readonly #streams = new Map<string, Stream<unknown>>()
  /** Counts changes, so that others can tell whether anything happened. */
  revision = 0

  table<T>(name: string): Table<T> {
    const known = this.#tables.get(name)
    if (known) return known.table as Table<T>
    const touched = new Set<string>()
    const table = new Table<T>(name, touched, () => {
      this.revision += 1
    })
    this.#tables.set(name, { table, touched })
    return table
  }

  log<T>(name: string): Log<T> {
    const known = this.#logs.get(name)
    if (known) return known as Log<T>
    const log = new Log<T>(name)
    this.#logs.set(name, log)
    return log
  }

  /** A stream; whoever keeps its content passes `image`. */
  stream<T>(name: string, image?: () => Iterable<T>): Stream<T> {
    const stream = (this.#streams.get(name) as Stream<T> | undefined) ?? new Stream<T>(name)
    if (image) stream.image = image
    this.#streams.set(name, stream)
    return stream
  }

  /** What changed since the last call, or null. */
  takeChanges(): ChangeSet | null {
    const changes: ChangeSet = { put: {}, del: {}, app: {}, str: {} }
    let any = false
    for (const [name, { table, touched }] of this.#tables) {
      for (const id of touched) {
        const row = table.get(id)
        if (row === undefined) (changes.del[name] ??= []).push(id)
        else (changes.put[name] ??= {})[id] = row
        any = true
      }
      touched.clear()
    }
    for (const [name, log] of this.#logs) {
      const entries = log.takeUnsaved()
      if (entries.length === 0) continue
      changes.app[name] = entries
      any = true
    }
    for (const [name, stream] of this.#streams) {
      const entries = stream.takeUnsaved()
      if (entries.length === 0) continue
      changes.str[name] = entries
      any = true
    }
    return any ? changes : null
  }

  /** Names are in order, so that equal stores have equal images whatever was asked for first. */
  image(): StoreImage {
    const image: StoreImage = { tables: {}, logs: {}, streams: {} }
    for (const [name, { table }] of byName(this.#tables)) image.tables[name] = [...table.entries()]
    for (const [name, log] of byName(this.#logs))
      image.logs[name] = { dropped: log.dropped, entries: log.all() }
    for (const [name, stream] of byName(this.#streams)) image.streams[name] = [...stream.image()]
    return image
  }

  restoreImage(image: StoreImage): void {
    for (const [name, rows] of Object.entries(image.tables))
      for (const [id, row] of rows) this.table(name).restore(id, row)
    for (const [name, { dropped, entries }] of Object.entries(image.logs))
      this.log(name).restore(entries, dropped)
    for (const [name, entries] of Object.entries(image.streams)) this.stream(name).restore(entries)
  }

  restoreChanges(changes: ChangeSet): void {
    for (const [name, rows] of Object.entries(changes.put))
      for (const [id, row] of Object.entries(rows)) this.table(name).restore(id, row)
    for (const [name, ids] of Object.entries(changes.del))
      for (const id of ids) this.table(name).restore(id, undefined)
    for (const [name, entries] of Object.entries(changes.app)) this.log(name).restore(entries, 0)
    for (const [name, entries] of Object.entries(changes.str)) this.stream(name).restore(entries)
  }
}

const byName = <T>(entries: ReadonlyMap<string, T>): [string, T][] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
