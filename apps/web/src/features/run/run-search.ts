/** What the address of a run's page holds beside the run: the part of time in view and what is selected. */
export type RunSearch = Readonly<{
  /** World microseconds; both or neither. Absent: the whole run. */
  from?: number
  to?: number
  /** Sequence of the selected event. */
  event?: number
  /** Name of the selected point in time. */
  point?: string
  /** Words that an event of the journal has to have. */
  find?: string
  /** Of the journal, problems and warnings alone. */
  problems?: true
}>

/** Reads the search part of an address; whatever makes no sense is left out. */
export function readRunSearch(raw: Readonly<Record<string, unknown>>): RunSearch {
  const from = integer(raw['from'])
  const to = integer(raw['to'])
  const event = integer(raw['event'])
  const { point, find } = raw
  return {
    ...(from !== undefined && to !== undefined && from < to ? { from, to } : {}),
    ...(event === undefined ? {} : { event }),
    ...(typeof point === 'string' ? { point } : {}),
    ...(typeof find === 'string' && find !== '' ? { find } : {}),
    ...(raw['problems'] === true ? { problems: true } : {}),
  }
}

function integer(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
